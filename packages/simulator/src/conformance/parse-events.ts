import type { RecordedEvent } from './recording.ts';

/** A server-sent event with the text that it came as. */
export interface ParsedEvent extends RecordedEvent {
  /** Between the empty lines. */
  readonly block: string;
}

/** Parses a whole stream as the recorder did. Data that is no JSON, such as `[DONE]`, stays text. */
export function parseEvents(text: string): readonly ParsedEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block.trim() !== '')
    .map(parseEvent);
}

function parseEvent(block: string): ParsedEvent {
  const event: { block: string; comment?: string; event?: string; data?: unknown } = { block };
  let data: string | undefined;
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) event.comment = line.slice(1).trim();
    else if (line.startsWith('event:')) event.event = line.slice(6).trim();
    else if (line.startsWith('data:')) data = (data ?? '') + line.slice(5).trim();
  }
  if (data === undefined) return event;
  try {
    event.data = JSON.parse(data);
  } catch {
    event.data = data;
  }
  return event;
}
