import type { FinishReason, Usage } from '../chat/chat-types.ts';
import type { ResponseInfo } from '../errors/errors.ts';

/** What a subscriber may know of a request: numbers and names, never a prompt, a picture or a key. */
export interface RequestFacts {
  readonly operation: 'chat' | 'models';
  readonly model: string;
  readonly streaming: boolean;
  /** Pictures in the request. */
  readonly images: number;
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly seed?: number | undefined;
  /** Answers asked for. */
  readonly choices?: number | undefined;
}

/** What became of a call that succeeded. */
export interface CallOutcome {
  readonly responseId?: string | undefined;
  readonly responseModel?: string | undefined;
  readonly usage?: Usage | undefined;
  readonly finishReasons?: readonly FinishReason[];
}

/**
 * One call, all its attempts together, as the diagnostics channels tell of it: the same object in every message of the
 * call, more of it filled in each time.
 */
export interface CallRecord {
  readonly request: RequestFacts;
  /** Headers that a subscriber of `pixtral:call:start` wants sent, such as `traceparent`; lower-case names. */
  readonly headers: Record<string, string>;
  /** Attempts begun so far. */
  attempts: number;
  /** Scheme, host and port, or the socket, of the attempt. */
  server: string | undefined;
  /** Status and headers of the answer that was taken. */
  response: ResponseInfo | undefined;
  /** Milliseconds from the start to the first event of a stream. */
  firstTokenMs: number | undefined;
  /** Milliseconds from the start to the end of the answer. */
  durationMs: number | undefined;
  outcome: CallOutcome | undefined;
  /** Why it failed: what the caller got. */
  error: unknown;
}
