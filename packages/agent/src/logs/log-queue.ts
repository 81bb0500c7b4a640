import type { InputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { type LogLine, planLogBatch, sizeOf } from './plan-log-batch.ts';

/** Lines that wait to be sent, bounded in bytes: when it is full the oldest go, since the last ones tell how it ended. */
export class LogQueue {
  readonly #mostBytes: number;
  readonly #lines: LogLine[] = [];
  #bytes = 0;
  #dropped = 0;
  #latest = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param now Unix time in milliseconds */
  push(text: string, now: number = Date.now()): void {
    // CloudWatch refuses a batch whose times run backwards, as they do when the clock is set.
    this.#latest = Math.max(this.#latest, now);
    this.#add({ timestamp: this.#latest, text });
    while (this.#bytes > this.#mostBytes && this.#lines.length > 1) {
      this.#remove();
      this.#dropped += 1;
    }
  }

  /** Takes the next batch out, empty when there is none; it begins by saying how many lines were dropped before it. */
  take(): readonly InputLogEvent[] {
    const [first] = this.#lines;
    if (!first) return [];
    const text = `${this.#dropped} lines dropped: CloudWatch Logs did not take them in time`;
    const notice = this.#dropped > 0 ? [{ timestamp: first.timestamp, text }] : [];
    const events = planLogBatch([...notice, ...this.#lines]);
    for (let sent = notice.length; sent < events.length; sent++) this.#remove();
    this.#dropped = 0;
    return events;
  }

  #add(line: LogLine): void {
    this.#lines.push(line);
    this.#bytes += sizeOf(line);
  }

  #remove(): void {
    const oldest = this.#lines.shift();
    if (oldest) this.#bytes -= sizeOf(oldest);
  }
}
