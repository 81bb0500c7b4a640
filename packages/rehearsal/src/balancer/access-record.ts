import type { TargetId } from './load-balancer-config.ts';

/** How a request ended, where the status alone does not tell. */
export type RequestOutcome =
  /** Answered to the last byte, by the target or by the load balancer itself. */
  | 'completed'
  /** The client went away first. */
  | 'client-closed'
  /** The target's answer broke off after its headers had been passed on: the client sees a cut connection. */
  | 'target-closed'
  /** Nothing was sent or received for the idle timeout, after the headers had been passed on. */
  | 'idle-timeout'
  /** The deregistration delay ended, after the headers had been passed on. */
  | 'deregistered';

/** One line of the load balancer's access log. */
export interface AccessRecord {
  /** Arrival, milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** Status that the client got; 460 when it went away before there was one. */
  readonly status: number;
  /** Status that the target gave. */
  readonly targetStatus: number | undefined;
  readonly target: TargetId | undefined;
  readonly ms: number;
  /** Body bytes passed on to the client. */
  readonly bytes: number;
  readonly outcome: RequestOutcome;
  /** Why the load balancer answered an error itself, or cut the answer. */
  readonly error: string | undefined;
  readonly traceId: string;
}

/** Keeps the latest records and forgets the oldest. */
export class AccessLog {
  readonly #limit: number;
  #records: AccessRecord[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(record: AccessRecord): void {
    this.#records.push(record);
    // Cutting at twice the limit makes an addition cheap on average.
    if (this.#records.length >= this.#limit * 2) this.#records = this.#records.slice(-this.#limit);
  }

  /** Oldest first. */
  records(): readonly AccessRecord[] {
    return this.#records.slice(-this.#limit);
  }
}
