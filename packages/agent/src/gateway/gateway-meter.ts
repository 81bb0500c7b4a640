import type { RequestSize } from '../metrics/load.ts';
import type { AnswerMeter } from './event-stream-guard.ts';

/** Why admission has refused a request. */
export type AdmissionReason = 'full' | 'late' | 'overdue';

/** Is told of chat completions as they pass. Must be quick and must not throw: it stands in the way of every request. */
export interface GatewayMeter {
  /** One was let in: it waits for the model server, or goes to it at once. */
  begin(size: RequestSize): ExchangeMeter;
  /** The pictures of one were looked at. @param ms for which nothing else was done */
  pictures(ms: number): void;
  /** One was answered, by the model server or by the gateway itself. */
  answered(status: number): void;
  /** One was not let in, or has waited in vain. */
  refused(reason: AdmissionReason): void;
}

/** Is told of one chat completion at the model server; a stream that fails has long been answered with status 200. */
export interface ExchangeMeter extends AnswerMeter {
  /** It goes to the model server. @param queuedMs how long it has waited for that */
  sent(queuedMs: number): void;
  /** It is over. @param whole whether the client got all of a good answer */
  end(whole: boolean): void;
}
