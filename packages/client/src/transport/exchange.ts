import type { Dispatcher } from 'undici';
import { ConnectionError, IncompleteStreamError, PixtralError } from '../errors/errors.ts';
import type { Abortable } from './call.ts';
import { ResponseHead } from './response-head.ts';

/** Takes the body of a successful answer as it comes. None of its methods may throw. */
export interface BodySink {
  /** The answer begins; `source` belongs to it from now on. */
  begin(source: BodySource): void;
  data(chunk: Buffer): void;
  end(): void;
  fail(error: PixtralError): void;
}

/** The sending side of a body, as its reader may steer it. */
export interface BodySource extends Abortable {
  pause(): void;
  resume(): void;
}

/** An answer: with a sink and a success `text` stays empty. */
export interface Answer {
  readonly head: ResponseHead;
  readonly text: string;
}

/** An error body is for reading, not for filling memory; what is beyond the limit is dropped with its connection. */
const LONGEST_ERROR_BODY = 64 * 1024;

/** One attempt: a request over one connection and its answer, as undici tells it. Settles exactly once. */
export class Exchange implements Dispatcher.DispatchHandler, BodySource {
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #onFinish: (normally: boolean) => void;
  readonly #isNewConnection: () => boolean;
  readonly #sink: BodySink | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted: PixtralError | undefined;
  #finished = false;
  #began = false;
  #usedConnection = false;
  #head: ResponseHead | undefined;
  #streaming = false;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(init: {
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
    /** Called when nothing more happens; `normally` says that the server answered to the end with a success. */
    readonly onFinish: (normally: boolean) => void;
    readonly isNewConnection: () => boolean;
    readonly sink: BodySink | undefined;
  }) {
    this.#resolve = init.resolve;
    this.#reject = init.reject;
    this.#onFinish = init.onFinish;
    this.#isNewConnection = init.isNewConnection;
    this.#sink = init.sink;
  }

  /** A connection that had been idle closed before a byte of an answer came: most likely it had been closed all along. */
  get wasStale(): boolean {
    return this.#usedConnection && !this.#began && this.#aborted === undefined;
  }

  abort(error: PixtralError): void {
    if (this.#finished) return;
    this.#aborted = error;
    this.#controller?.abort(error);
    this.#fail(error);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(this.#aborted);
    else this.#usedConnection = !this.#isNewConnection();
  }

  onResponseStarted(): void {
    this.#began = true;
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    const head = new ResponseHead(status, headers);
    this.#head = head;
    if (this.#sink === undefined || !head.ok) return;
    this.#streaming = true;
    this.#sink.begin(this);
    this.#resolve({ head, text: '' });
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.#streaming) {
      this.#sink?.data(chunk);
      return;
    }
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#head?.ok || this.#length <= LONGEST_ERROR_BODY) return;
    this.#answer(false);
    this.#controller?.abort(new ConnectionError('the error body is too long'));
  }

  onResponseEnd(): void {
    if (!this.#streaming) this.#answer(true);
    else if (this.#finish(true)) this.#sink?.end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    // The status has come and is the error; a body that breaks off adds nothing to it.
    if (this.#head !== undefined && !this.#head.ok) this.#answer(false);
    else this.#fail(error);
  }

  #answer(normally: boolean): void {
    if (this.#head === undefined || !this.#finish(normally)) return;
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks, this.#length);
    const text = this.#head.ok ? body.toString() : body.toString('utf8', 0, LONGEST_ERROR_BODY);
    this.#resolve({ head: this.#head, text });
  }

  #fail(error: Error): void {
    if (!this.#finish(false)) return;
    if (this.#head === undefined) {
      this.#reject(error);
      return;
    }
    const told = error instanceof PixtralError ? error : brokeOff(error);
    if (this.#streaming) this.#sink?.fail(told);
    else this.#reject(told);
  }

  #finish(normally: boolean): boolean {
    if (this.#finished) return false;
    this.#finished = true;
    this.#onFinish(normally && this.#head?.ok === true);
    return true;
  }
}

function brokeOff(error: Error): IncompleteStreamError {
  const reason = reasonOf(error);
  return new IncompleteStreamError(`the connection broke before the answer was complete: ${reason}`, {
    partialText: '',
    cause: new ConnectionError(reason, { retryable: true, cause: error }),
  });
}

/** undici wraps system errors; the innermost message is the one that says what happened. */
export function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  if (!(inner instanceof Error)) return String(inner);
  return inner.message === '' ? inner.name : inner.message;
}
