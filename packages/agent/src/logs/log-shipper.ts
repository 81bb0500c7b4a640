import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Logger } from 'pino';
import { FailureStreak } from '../report/failure-streak.ts';
import { LogStream } from './log-stream.ts';
import { BATCH_BYTES } from './plan-log-batch.ts';

/** Lines are sent after this time at the latest, or when there are enough for a batch. */
const EVERY_MS = 5_000;

/** At the end of an instance's life nothing waits longer than this for CloudWatch Logs. */
const FLUSH_MS = 5_000;

/** How pino writes a line of a child logger `{ source: 'engine' }`; inside of texts the quotes are escaped. */
const FROM_ENGINE = '"source":"engine"';

/**
 * Sends what the agent logs to CloudWatch Logs: the streams `<instance>/agent` and `<instance>/engine` of the fleet's log
 * group. A destination of pino; lines are kept in memory until it is connected, and while CloudWatch Logs does not answer.
 */
export class LogShipper {
  readonly #streams = { agent: new LogStream(), engine: new LogStream() };
  #timer: NodeJS.Timeout | undefined;

  /** Takes a line of JSON with its line end; called by pino. */
  write(line: string): void {
    const stream = line.includes(FROM_ENGINE) ? this.#streams.engine : this.#streams.agent;
    const before = stream.waitingBytes;
    stream.push(line.trimEnd());
    // At the moment of passing it: a sender that fails must not be called again by every line.
    if (this.#timer && before < BATCH_BYTES && stream.waitingBytes >= BATCH_BYTES) void stream.send();
  }

  /** Says where to: what has been written so far goes there first. */
  connect(options: {
    readonly client: CloudWatchLogsClient;
    readonly groupName: string;
    readonly instanceId: string;
    readonly logger: Logger;
  }): void {
    const { client, groupName, instanceId, logger } = options;
    for (const [name, stream] of Object.entries(this.#streams)) {
      const streak = new FailureStreak(logger, `lines of the ${name} could not be sent to CloudWatch Logs`);
      stream.connect({ client, groupName, streamName: `${instanceId}/${name}`, streak });
    }
    this.#timer = setInterval(() => this.#sendAll(), EVERY_MS);
  }

  /** Sends what there is, within 5 s; never rejects. Does nothing as long as it is not connected. */
  async flush(): Promise<void> {
    await this.#sendAll(AbortSignal.timeout(FLUSH_MS));
  }

  /** No more lines are sent by themselves. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #sendAll(signal?: AbortSignal): Promise<void> {
    await Promise.all(Object.values(this.#streams).map((stream) => stream.send(signal)));
  }
}
