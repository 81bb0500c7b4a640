import type { ResponseInfo } from '../errors/errors.ts';
import type { CallOutcome, CallRecord, RequestFacts } from './call-record.ts';
import { attempt, end, firstToken, response, start } from './channels.ts';

/** Tells the subscribers of the diagnostics channels how one call goes. */
export class CallTrace {
  readonly #record: CallRecord;
  readonly #startedAt = performance.now();

  private constructor(request: RequestFacts) {
    this.#record = {
      request,
      headers: {},
      attempts: 0,
      server: undefined,
      response: undefined,
      firstTokenMs: undefined,
      durationMs: undefined,
      outcome: undefined,
      error: undefined,
    };
    start.publish(this.#record);
  }

  /** Undefined when nobody listens: then a call costs nothing more. */
  static begin(facts: () => RequestFacts): CallTrace | undefined {
    return start.hasSubscribers || end.hasSubscribers ? new CallTrace(facts()) : undefined;
  }

  /** Headers that subscribers want sent. */
  get headers(): Readonly<Record<string, string>> {
    return this.#record.headers;
  }

  attempt(server: string): void {
    this.#record.attempts++;
    this.#record.server = server;
    attempt.publish(this.#record);
  }

  responded(info: ResponseInfo): void {
    this.#record.response = info;
    response.publish(this.#record);
  }

  firstToken(): void {
    if (this.#record.firstTokenMs !== undefined) return;
    this.#record.firstTokenMs = this.#elapsed();
    firstToken.publish(this.#record);
  }

  /** Only the first end counts. */
  succeeded(outcome: CallOutcome): void {
    this.#end(() => {
      this.#record.outcome = outcome;
    });
  }

  /** Only the first end counts. */
  failed(error: unknown): void {
    this.#end(() => {
      this.#record.error = error;
    });
  }

  #end(fill: () => void): void {
    if (this.#record.durationMs !== undefined) return;
    this.#record.durationMs = this.#elapsed();
    fill();
    end.publish(this.#record);
  }

  #elapsed(): number {
    return performance.now() - this.#startedAt;
  }
}
