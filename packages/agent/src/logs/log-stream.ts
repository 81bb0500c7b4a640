import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  type InputLogEvent,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { FailureStreak } from '../report/failure-streak.ts';
import { LogQueue } from './log-queue.ts';

/** Where lines go. */
export interface LogDestination {
  readonly client: CloudWatchLogsClient;
  readonly groupName: string;
  readonly streamName: string;
  readonly streak: FailureStreak;
}

/** Enough for an hour of an instance that is asked much; the memory is the model server's. */
const MOST_BYTES = 4 * 1_048_576;

/** One stream of a log group: its lines wait in memory until they are sent, also before anybody knows where to. */
export class LogStream {
  readonly #queue = new LogQueue(MOST_BYTES);
  #destination: LogDestination | undefined;
  /** Taken from the queue and not accepted yet. */
  #inHand: readonly InputLogEvent[] = [];
  #created = false;
  #sending: Promise<boolean> = Promise.resolve(true);

  get waitingBytes(): number {
    return this.#queue.bytes;
  }

  push(line: string): void {
    this.#queue.push(line);
  }

  connect(destination: LogDestination): void {
    this.#destination = destination;
  }

  /** Sends all that waits; false when it could not, and then keeps it for the next time. Never rejects. */
  send(signal?: AbortSignal): Promise<boolean> {
    this.#sending = this.#sending.then(() => this.#sendAll(signal));
    return this.#sending;
  }

  async #sendAll(signal: AbortSignal | undefined): Promise<boolean> {
    const destination = this.#destination;
    if (!destination) return false;
    const options = signal ? { abortSignal: signal } : {};
    try {
      for (;;) {
        if (this.#inHand.length === 0) this.#inHand = this.#queue.take();
        if (this.#inHand.length === 0) return true;
        await this.#create(destination, options);
        await this.#put(destination, options);
        this.#inHand = [];
        destination.streak.succeeded();
      }
    } catch (error) {
      destination.streak.failed(error);
      return false;
    }
  }

  async #create({ client, groupName, streamName }: LogDestination, options: object): Promise<void> {
    if (this.#created) return;
    try {
      await client.send(
        new CreateLogStreamCommand({ logGroupName: groupName, logStreamName: streamName }),
        options,
      );
    } catch (error) {
      // By the agent before a restart: it is continued.
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    }
    this.#created = true;
  }

  async #put({ client, groupName, streamName }: LogDestination, options: object): Promise<void> {
    await client.send(
      new PutLogEventsCommand({
        logGroupName: groupName,
        logStreamName: streamName,
        logEvents: [...this.#inHand],
      }),
      options,
    );
  }
}
