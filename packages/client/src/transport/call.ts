import { AbortError, type PixtralError, TimeoutError, type TimeoutPhase } from '../errors/errors.ts';
import type { CallTrace } from '../telemetry/call-trace.ts';

/** What a call is doing at the moment: an exchange with a server, or a wait before the next one. */
export interface Abortable {
  abort(error: PixtralError): void;
}

export interface CallLimits {
  /** Milliseconds for the whole call, all attempts together. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Is told how the call goes. @default - nobody is */
  readonly trace?: CallTrace | undefined;
}

/** What the server has to finish after `[DONE]`, the last chunk of an HTTP body, comes with it or never. */
const AFTER_DONE_MS = 1_000;

/**
 * One call from its first attempt to its last byte: its deadlines, and the caller's signal.
 *
 * One listener on the signal, removed by `dispose`: `AbortSignal.any` would keep every call alive on a long-lived
 * signal. One timer for all deadlines: an event only moves a number, and the timer that fires too early is set again.
 */
export class Call {
  readonly trace: CallTrace | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #totalMs: number;
  readonly #totalAt: number;
  #silencePhase: 'first-token' | 'idle' = 'first-token';
  #silenceMs = 0;
  #silenceAt = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #current: Abortable | undefined;
  #ended: PixtralError | undefined;

  constructor({ timeoutMs, signal, trace }: CallLimits) {
    this.trace = trace;
    this.#signal = signal;
    this.#totalMs = timeoutMs;
    this.#totalAt = performance.now() + timeoutMs;
    this.#wakeAt(this.#totalAt, timeoutMs);
    if (signal === undefined) return;
    if (signal.aborted) this.#onCallerAbort();
    else signal.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  remainingMs(): number {
    return this.#totalAt - performance.now();
  }

  /** Why the call ended early, if it did. */
  get ended(): PixtralError | undefined {
    return this.#ended;
  }

  throwIfEnded(): void {
    if (this.#ended) throw this.#ended;
  }

  /** Names what is to be stopped when the call ends early. */
  doing(current: Abortable | undefined): void {
    this.#current = current;
  }

  /** Starts the time within which the next data event must come. */
  expectData(phase: 'first-token' | 'idle', timeoutMs: number): void {
    this.#silencePhase = phase;
    this.#silenceMs = timeoutMs;
    this.dataArrived();
  }

  /** Gives the next data event its full time again. */
  dataArrived(): void {
    const now = performance.now();
    this.#silenceAt = now + this.#silenceMs;
    if (this.#silenceAt < this.#timerAt) this.#wakeAt(this.#silenceAt, this.#silenceMs);
  }

  /** While the reader is slower than the server, silence is not the server's. */
  expectNothing(): void {
    this.#silenceAt = Number.POSITIVE_INFINITY;
  }

  /** The answer is complete, only the HTTP message is not: `cutOff` is called when its end does not come soon. */
  expectEnd(cutOff: () => void): void {
    this.dispose();
    this.#timer = setTimeout(cutOff, AFTER_DONE_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#current = undefined;
    this.#signal?.removeEventListener('abort', this.#onCallerAbort);
  }

  readonly #onCallerAbort = (): void => {
    this.#end(new AbortError('the caller aborted the request', { cause: this.#signal?.reason }));
  };

  readonly #onTimer = (): void => {
    const now = performance.now();
    this.#timerAt = Number.POSITIVE_INFINITY;
    if (now >= this.#silenceAt) this.#end(timedOut(this.#silencePhase, this.#silenceMs));
    else if (now >= this.#totalAt) this.#end(timedOut('total', this.#totalMs));
    else {
      const next = Math.min(this.#silenceAt, this.#totalAt);
      this.#wakeAt(next, next - now);
    }
  };

  #wakeAt(at: number, delayMs: number): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(this.#onTimer, Math.max(1, delayMs));
  }

  #end(error: PixtralError): void {
    this.#ended = error;
    const current = this.#current;
    this.dispose();
    current?.abort(error);
  }
}

function timedOut(phase: TimeoutPhase, ms: number): TimeoutError {
  const what = { total: 'complete answer', 'first-token': 'first token', idle: 'further token' }[phase];
  return new TimeoutError(phase, `no ${what} within ${ms} ms`);
}
