/** What an answer said beside its body. */
export interface ResponseInfo {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The fleet's instance that answered (`x-pixtral-instance`); undefined from a plain vLLM. */
  readonly instanceId: string | undefined;
  /** `x-request-id`, for a bug report. */
  readonly requestId: string | undefined;
}

/** Base of everything that this client throws on purpose. No message ever holds a key or a picture. */
export class PixtralError extends Error {
  override readonly name: string = 'PixtralError';
  /** Whether the same request may succeed when sent again. The client has then already tried. */
  readonly retryable: boolean;

  constructor(message: string, options: { readonly retryable?: boolean; readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.retryable = options.retryable ?? false;
  }
}

/** The request cannot be right, and was not sent. */
export class InvalidRequestError extends PixtralError {
  override readonly name = 'InvalidRequestError' as const;
}

/** The server answered with an error status. */
export class ApiError extends PixtralError {
  override readonly name = 'ApiError' as const;
  readonly status: number;
  /** Such as `BadRequestError`; undefined when the answer does not say. */
  readonly type: string | undefined;
  /** The field of the request that is wrong, if the server names one. */
  readonly param: string | undefined;
  readonly code: number | string | undefined;
  readonly response: ResponseInfo;
  /** What the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The beginning of the body as text, for shapes that nobody foresaw. */
  readonly body: string;

  constructor(
    message: string,
    init: Pick<ApiError, 'type' | 'param' | 'code' | 'response' | 'retryAfterMs' | 'body' | 'retryable'>,
  ) {
    super(message, { retryable: init.retryable });
    this.status = init.response.status;
    this.type = init.type;
    this.param = init.param;
    this.code = init.code;
    this.response = init.response;
    this.retryAfterMs = init.retryAfterMs;
    this.body = init.body;
  }

  get requestId(): string | undefined {
    return this.response.requestId;
  }
}

/** No answer: the connection could not be made, or broke. */
export class ConnectionError extends PixtralError {
  override readonly name = 'ConnectionError' as const;
}

export type TimeoutPhase = 'total' | 'first-token' | 'idle';

/** One of the client's own deadlines passed. Never retried: the server may still be working on it. */
export class TimeoutError extends PixtralError {
  override readonly name = 'TimeoutError' as const;
  readonly phase: TimeoutPhase;

  constructor(phase: TimeoutPhase, message: string) {
    super(message);
    this.phase = phase;
  }
}

/** The caller's signal aborted; its reason is the `cause`. */
export class AbortError extends PixtralError {
  override readonly name = 'AbortError' as const;
}

/** The server reported an error after the stream had begun. */
export class StreamError extends PixtralError {
  override readonly name = 'StreamError' as const;
  readonly type: string | undefined;
  readonly code: number | string | undefined;
  readonly partialText: string;

  constructor(
    message: string,
    init: {
      readonly type?: string | undefined;
      readonly code?: number | string | undefined;
      readonly partialText: string;
      readonly cause?: unknown;
    },
  ) {
    super(message, { retryable: true, ...('cause' in init ? { cause: init.cause } : {}) });
    this.type = init.type;
    this.code = init.code;
    this.partialText = init.partialText;
  }
}

/** The answer ended before it was complete, and nobody said so: it must not be taken for an answer. */
export class IncompleteStreamError extends PixtralError {
  override readonly name = 'IncompleteStreamError' as const;
  readonly partialText: string;

  constructor(message: string, init: { readonly partialText: string; readonly cause?: unknown }) {
    super(message, { retryable: true, ...('cause' in init ? { cause: init.cause } : {}) });
    this.partialText = init.partialText;
  }
}
