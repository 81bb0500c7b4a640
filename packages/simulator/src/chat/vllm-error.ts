/** Names by status, as recorded from vLLM 0.32.0. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  422: 'UnprocessableEntityError',
  500: 'InternalServerError',
  501: 'NotImplementedError',
};

/** An error as vLLM answers it. */
export class VllmError extends Error {
  override readonly name = 'VllmError' as const;
  readonly status: number;
  readonly type: string;
  readonly param: string | null;

  constructor(
    status: number,
    message: string,
    options: { readonly type?: string; readonly param?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.type = options.type ?? TYPES[status] ?? 'InternalServerError';
    this.param = options.param ?? null;
  }

  body(): {
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly param: string | null;
      readonly code: number;
    };
  } {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.status } };
  }
}

/** An error that pydantic finds before vLLM looks: another type, and `body.` before the field. */
export function validationError(fault: {
  readonly type: string;
  readonly field: string;
  readonly message: string;
  readonly input: string;
}): VllmError {
  const location = fault.field === '' ? 'body' : `body.${fault.field}`;
  return new VllmError(
    400,
    `1 validation error:\n  {'type': '${fault.type}', 'loc': '${location}', 'msg': '${fault.message}', 'input': '${fault.input}'}`,
    { type: 'Bad Request', param: location },
  );
}

/** A number as Python prints a float. */
export function pythonFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
