import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { Usage } from '../chat/chat-types.ts';
import { AbortError, InvalidRequestError, PixtralError } from '../errors/errors.ts';
import { streamOutcome } from '../telemetry/outcome.ts';
import type { Call } from '../transport/call.ts';
import type { BodySink, BodySource } from '../transport/exchange.ts';
import { AnswerBuilder } from './answer-builder.ts';
import { decodeFrame } from './decode-frame.ts';
import { parseFrame } from './parse-frame.ts';
import { incompleteAnswer, reportedError, withPartialText } from './stream-errors.ts';
import type { ChatStreamEvent } from './stream-events.ts';

/** Events that may wait for a slow reader before the server is slowed down; how few let it go on. */
const MOST_WAITING = 1_024;
const FEW_WAITING = 256;

const ENDED_EARLY = 'the stream ended before the answer was complete';

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

type Step = IteratorResult<ChatStreamEvent, undefined>;

interface Waiter {
  resolve(step: Step): void;
  reject(error: PixtralError): void;
}

export interface StreamReaderOptions {
  readonly call: Call;
  /** Milliseconds between two events. */
  readonly idleTimeoutMs: number;
  /** How many choices make the answer. */
  readonly choices: number;
  /** Throws when the server counted otherwise than foreseen. */
  readonly checkUsage: (usage: Usage) => void;
  /** Takes pictures and the key out of a server's words. */
  readonly redact: (text: string) => string;
}

/**
 * Turns the bytes of a streamed answer into events and keeps them for whoever reads. Nothing is asynchronous between a
 * chunk and its events: a waiting reader is answered from within the socket's own callback.
 */
export class StreamReader implements BodySink, AsyncIterableIterator<ChatStreamEvent, undefined> {
  readonly answer: AnswerBuilder = new AnswerBuilder();
  readonly #options: StreamReaderOptions;
  readonly #decoder = new TextDecoder();
  readonly #parser: EventSourceParser;
  #source: BodySource | undefined;
  #events: ChatStreamEvent[] = [];
  #next = 0;
  #waiter: Waiter | undefined;
  #waited: Promise<unknown> = Promise.resolve();
  #sawData = false;
  #started = false;
  #paused = false;
  #error: PixtralError | undefined;
  #over = false;
  #frameSeen: Readonly<Record<string, unknown>> = {};

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    this.#parser = createParser({ onEvent: (event) => this.#frame(event.data) });
  }

  begin(source: BodySource): void {
    this.#source = source;
  }

  data(chunk: Buffer): void {
    if (this.#over) return;
    this.#sawData = false;
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }));
    if (this.#over) return;
    if (this.#sawData) this.#onData();
    this.#wake();
    if (this.#waiting > MOST_WAITING && !this.#paused) {
      this.#paused = true;
      this.#options.call.expectNothing();
      this.#source?.pause();
    }
  }

  end(): void {
    if (this.#over) this.#options.call.dispose();
    else this.#stop(incompleteAnswer(ENDED_EARLY, this.answer.text));
  }

  fail(error: PixtralError): void {
    if (this.#over) {
      this.#options.call.dispose();
      return;
    }
    const told = withPartialText(error, this.answer.text);
    // Who ended the call does not wait for the rest.
    if (error instanceof AbortError) this.#drop();
    this.#stop(told);
  }

  /** Marks the stream as being read. @throws InvalidRequestError when it already was. */
  start(): void {
    if (this.#started) throw new InvalidRequestError('a stream can be read only once');
    this.#started = true;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    if (this.#waiter) return this.#afterWaiter();
    const event = this.#take();
    if (event) return Promise.resolve({ done: false, value: event });
    if (this.#error) {
      const error = this.#error;
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#over) return Promise.resolve(DONE);
    const { promise, resolve, reject } = Promise.withResolvers<Step>();
    this.#waiter = { resolve, reject };
    this.#waited = promise;
    return promise;
  }

  /** Leaves the stream: the connection is closed, and the model stops. */
  return(): Promise<Step> {
    this.#drop();
    if (!this.#over) {
      this.#over = true;
      const left = new AbortError('the stream was not read to its end');
      this.#options.call.trace?.failed(left);
      this.#options.call.dispose();
      this.#source?.abort(left);
    }
    this.#error = undefined;
    this.#waiter?.resolve(DONE);
    this.#waiter = undefined;
    return Promise.resolve(DONE);
  }

  get #waiting(): number {
    return this.#events.length - this.#next;
  }

  /** A reader that asks again before it was answered waits its turn. */
  async #afterWaiter(): Promise<Step> {
    await this.#waited.catch(() => undefined);
    return this.next();
  }

  #take(): ChatStreamEvent | undefined {
    const event = this.#events[this.#next];
    if (event === undefined) return undefined;
    this.#next++;
    if (this.#next === this.#events.length) this.#drop();
    if (this.#paused && this.#waiting <= FEW_WAITING) {
      this.#paused = false;
      this.#onData();
      this.#source?.resume();
    }
    return event;
  }

  #drop(): void {
    this.#events = [];
    this.#next = 0;
  }

  #wake(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    const value = this.#take();
    if (value === undefined) return;
    this.#waiter = undefined;
    waiter.resolve({ done: false, value });
  }

  #onData(): void {
    this.#options.call.expectData('idle', this.#options.idleTimeoutMs);
  }

  #frame(data: string): void {
    if (this.#over) return;
    this.#sawData = true;
    if (data === '[DONE]') {
      this.#done();
      return;
    }
    try {
      this.#decode(data);
    } catch (error) {
      if (!(error instanceof PixtralError)) throw error;
      this.#stop(error);
    }
  }

  #decode(data: string): void {
    const frame = parseFrame(data, this.answer.text);
    this.#frameSeen = frame;
    if (frame.error !== undefined)
      throw reportedError(frame.error, { partialText: this.answer.text, redact: this.#options.redact });
    const events = decodeFrame(frame);
    for (const event of events) {
      if (event.type === 'finish' && event.reason === 'abort') {
        throw incompleteAnswer('the server stopped the answer (finish_reason "abort")', this.answer.text);
      }
      if (event.type === 'usage') this.#options.checkUsage(event.usage);
    }
    if (events.length > 0) this.#options.call.trace?.firstToken();
    for (const event of events) {
      this.answer.add(event);
      this.#events.push(event);
    }
  }

  /** The answer is whole; what is left of the HTTP message only frees its connection. */
  #done(): void {
    if (this.answer.finished < this.#options.choices) {
      this.#stop(incompleteAnswer(ENDED_EARLY, this.answer.text));
      return;
    }
    this.#over = true;
    this.#options.call.trace?.succeeded(streamOutcome(this.answer, this.#frameSeen));
    this.#options.call.expectEnd(() => this.#source?.abort(new AbortError('the answer had no end')));
    this.#finish();
  }

  #stop(error: PixtralError): void {
    this.#over = true;
    this.#options.call.trace?.failed(error);
    this.#error = error;
    this.#options.call.dispose();
    this.#source?.abort(error);
    this.#finish();
  }

  /** Tells a reader that waits; one that is behind is told when it comes to the end. */
  #finish(): void {
    this.#wake();
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    this.#waiter = undefined;
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) waiter.resolve(DONE);
    else waiter.reject(error);
  }
}
