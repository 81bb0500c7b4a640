/** Names by status, as recorded from vLLM 0.32.0. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  422: 'UnprocessableEntityError',
  500: 'InternalServerError',
  501: 'NotImplementedError',
  503: 'Service Unavailable',
};

export interface VllmErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: number;
  };
}

export interface VllmErrorOptions {
  /** @default - by status */
  readonly type?: string;
  /** The field at fault. @default - none, which is null in the answer */
  readonly param?: string;
  /** vLLM did not expect it: the answer comes from outside the CORS layer and has no `vary` (226). @default false */
  readonly unexpected?: boolean;
}

/** An error as vLLM answers it. */
export class VllmError extends Error {
  override readonly name = 'VllmError' as const;
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly unexpected: boolean;

  constructor(status: number, message: string, options: VllmErrorOptions = {}) {
    super(message);
    this.status = status;
    this.type = options.type ?? TYPES[status] ?? 'InternalServerError';
    this.param = options.param ?? null;
    this.unexpected = options.unexpected ?? false;
  }

  body(): VllmErrorBody {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.status } };
  }
}

/** A parameter that vLLM itself refuses: its name comes in the message too. `value` is written as Python does. */
export function parameterError(parameter: string, message: string, value?: string): VllmError {
  const shown = value === undefined ? '' : `, value=${value}`;
  return new VllmError(400, `${message} (parameter=${parameter}${shown})`, { param: parameter });
}

/** What vLLM passes on from Python without a parameter. */
export function badRequest(message: string): VllmError {
  return new VllmError(400, message);
}
