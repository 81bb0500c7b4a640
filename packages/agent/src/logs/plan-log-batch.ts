import type { InputLogEvent } from '@aws-sdk/client-cloudwatch-logs';

/** A line as it was written. */
export interface LogLine {
  /** Unix time in milliseconds. */
  readonly timestamp: number;
  readonly text: string;
}

/** Limits of PutLogEvents (API reference): each event counts 26 bytes more than its text. */
export const BATCH_BYTES = 1_048_576;
const BATCH_EVENTS = 10_000;
const EVENT_OVERHEAD_BYTES = 26;

/** A longer line is cut: an event may have 1 MB, but no line that people read has. */
export const LONGEST_LINE_BYTES = 64 * 1_024;

/** Bytes of a line in a batch. */
export function sizeOf({ text }: LogLine): number {
  return Math.min(Buffer.byteLength(text), LONGEST_LINE_BYTES) + EVENT_OVERHEAD_BYTES;
}

/** As many of the first lines as one PutLogEvents takes: at least one if there is any, in the order of their time. */
export function planLogBatch(lines: readonly LogLine[]): readonly InputLogEvent[] {
  const events: InputLogEvent[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += sizeOf(line);
    if (events.length === BATCH_EVENTS || (events.length > 0 && bytes > BATCH_BYTES)) break;
    events.push({ timestamp: line.timestamp, message: cut(line.text) });
  }
  return events;
}

/** CloudWatch refuses an empty message; a character is never cut in two. */
function cut(text: string): string {
  if (text === '') return ' ';
  const bytes = Buffer.from(text);
  if (bytes.length <= LONGEST_LINE_BYTES) return text;
  const note = ` … ${bytes.length} bytes in all`;
  const kept = bytes.subarray(0, LONGEST_LINE_BYTES - Buffer.byteLength(note));
  return `${new TextDecoder().decode(kept, { stream: true })}${note}`;
}
