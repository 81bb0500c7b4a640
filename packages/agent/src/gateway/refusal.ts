import { typeOfStatus } from './error-statuses.ts';
import type { AdmissionReason } from './gateway-meter.ts';

/** The one shape of every error that the gateway answers: vLLM's own. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: number;
  };
}

/** A request that is not passed on, with what the client is told. */
export class Refusal extends Error {
  override readonly name = 'Refusal' as const;
  readonly status: number;
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;
  /** Why admission refuses; undefined where somebody else does. */
  readonly reason: AdmissionReason | undefined;

  constructor(
    status: number,
    message: string,
    options: {
      readonly param?: string | null;
      readonly retryAfterSeconds?: number;
      readonly reason?: AdmissionReason;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.param = options.param ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.reason = options.reason;
  }
}

export function errorBody(error: Pick<Refusal, 'status' | 'message' | 'param'>): ErrorBody {
  const type = typeOfStatus(error.status);
  return { error: { message: error.message, type, param: error.param, code: error.status } };
}
