/** The hub does not give what was asked for. The message says whose turn it is: nothing is tried again. */
export class HubError extends Error {
  override readonly name = 'HubError' as const;
  /** HTTP status; undefined when there was no usable answer. */
  readonly status: number | undefined;

  constructor(message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

/** What was asked, and as whom: what a refusal is explained with. */
export interface HubRequest {
  /** Such as `https://huggingface.co`. */
  readonly endpoint: string;
  /** Such as `mistralai/Pixtral-12B-2409`. */
  readonly repository: string;
  /** Whether a token was sent. */
  readonly withToken: boolean;
  /** How the person who reads this gives a token. */
  readonly tokenAdvice: string;
}

/**
 * What a status means for the one who can do something about it. The hub answers 401 for repositories that are gated,
 * private or not there, and 403 when the token's owner was not let in.
 */
export function explainRefusal(status: number, request: HubRequest): HubError {
  const { endpoint, repository, withToken, tokenAdvice } = request;
  const page = `${endpoint}/${repository}`;
  const meanings: Readonly<Record<number, string>> = {
    401: withToken
      ? `the token is not valid (any more): make one that may read at ${endpoint}/settings/tokens, then ${tokenAdvice}`
      : `it is gated, private or not there, and no token was given: accept the conditions at ${page} if there are any, then ${tokenAdvice}`,
    403: `the token’s owner has no access: ask for it at ${page}, or use the token of somebody who has it: ${tokenAdvice}`,
    404: 'there is no such repository, revision or file',
    429: 'too many requests, also after waiting: try again later, with a token the limit is higher',
  };
  const meaning = meanings[status] ?? 'the hub could not answer, also after several attempts';
  return new HubError(`${page} answered with status ${status}: ${meaning}`, { status });
}
