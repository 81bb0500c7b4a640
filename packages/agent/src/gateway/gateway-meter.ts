import type { RequestSize } from '../metrics/load.ts';
import type { AnswerMeter } from './event-stream-guard.ts';

/** Is told of chat completions as they pass. Must be quick and must not throw: it stands in the way of every request. */
export interface GatewayMeter {
  /** One goes to the model server. */
  begin(size: RequestSize): ExchangeMeter;
  /** One was answered, by the model server or by the gateway itself. */
  answered(status: number): void;
}

/** Is told of one chat completion at the model server; a stream that fails has long been answered with status 200. */
export interface ExchangeMeter extends AnswerMeter {
  /** It is over. @param whole whether the client got all of a good answer */
  end(whole: boolean): void;
}
