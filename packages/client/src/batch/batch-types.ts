import type { CallOptions, Usage } from '../chat/chat-types.ts';
import type { ImageInput } from '../images/image-input.ts';
import type { PixtralClient } from '../pixtral-client.ts';
import type { ChatRequest } from '../request/chat-request.ts';

/** One thing to be asked about: one picture, or several in order, and whatever belongs to it. */
export interface BatchItem<Data = unknown> {
  /** Name of the item in results and checkpoint, unique in the batch. @default - the paths; else the position */
  readonly id?: string;
  readonly image: ImageInput | readonly ImageInput[];
  /** Asked in the place of the batch's question. */
  readonly question?: string;
  /** The caller's own; handed on with the result, never sent or written. */
  readonly data?: Data;
}

/** What a function that does the work of one item is given. */
export interface ItemContext {
  readonly client: PixtralClient;
  readonly id: string;
  /** Position in the source, from 0. */
  readonly index: number;
  /** 1 at the first attempt. */
  readonly attempt: number;
  /**
   * To be spread into the options of every call that the function makes: the batch's abort signal, and no attempts of
   * the client's own, since the batch retries and adapts to what it sees.
   */
  readonly call: Pick<CallOptions, 'signal' | 'retries' | 'timeoutMs'>;
  /** Adds to the item's tokens. */
  countUsage(usage: Usage): void;
}

/** Does the work of one item; what it returns must survive `JSON.stringify`. */
export type ItemWork<Value, Data> = (item: BatchItem<Data>, context: ItemContext) => Promise<Value>;

/** Why an item has no answer, as plain data: the same from a checkpoint as from the call. */
export interface ItemError {
  /** Such as `ApiError` or `InvalidRequestError`. */
  readonly name: string;
  readonly message: string;
  /** Of the server's answer, if there was one. */
  readonly status?: number;
}

interface ItemResult<Data> {
  readonly id: string;
  /** Position in the source, from 0. */
  readonly index: number;
  readonly item: BatchItem<Data>;
  /** Requests that were sent for it, at least 1. */
  readonly attempts: number;
  /** Tokens of all its successful calls; undefined when the work counts none. */
  readonly usage: Usage | undefined;
  /** Read from the checkpoint, not asked in this run. */
  readonly resumed: boolean;
}

export type BatchResult<Value = string, Data = unknown> =
  | (ItemResult<Data> & { readonly ok: true; readonly answer: Value })
  | (ItemResult<Data> & { readonly ok: false; readonly error: ItemError });

/** Where a batch stands. */
export interface BatchProgress {
  /** Items with an answer, those from the checkpoint included. */
  readonly done: number;
  /** Items that ended in an error of their own. */
  readonly failed: number;
  /** Of `done` and `failed`, how many the checkpoint had. */
  readonly resumed: number;
  /** Requests on their way. */
  readonly inFlight: number;
  /** Items that wait for their next attempt. */
  readonly retrying: number;
  /** Requests that may be in flight now. */
  readonly concurrency: number;
  /** Number of all items, if known. */
  readonly total: number | undefined;
  /** Items that this run finished in a second, over the last half minute. */
  readonly perSecond: number;
  /** Milliseconds until all is done at this rate; undefined without `total` or before the first answer. */
  readonly remainingMs: number | undefined;
  /** Tokens of this run's answers. */
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface ConcurrencyBounds {
  /** @default 1 */
  readonly min?: number;
  /** Also the number of items that are read ahead of their answers. @default 64 */
  readonly max?: number;
  /** Requests in flight at the beginning. @default 4 */
  readonly start?: number;
}

export interface BatchOptions {
  readonly client: PixtralClient;
  /**
   * Bounds between which the number of requests in flight adapts: it grows with every answer, doubling each round trip
   * until the first sign of overload, then by one each round trip; an overload (429, 503 or another 5xx, a broken
   * connection, the client's own deadline) halves it. A number keeps it fixed.
   * @default {min: 1, max: 64, start: 4}
   */
  readonly concurrency?: number | ConcurrencyBounds;
  /** Fields of each request beside its messages. Ignored for a function. @default {max_tokens: 512, temperature: 0} */
  readonly request?: Omit<ChatRequest, 'messages' | 'n'>;
  /** Milliseconds for each request. @default - the client's */
  readonly timeoutMs?: number;
  /** Attempts for an item when connections or the server fail; being told to wait (429, 503) does not count. @default 6 */
  readonly attempts?: number;
  /** Milliseconds before an item's second attempt; doubles, with jitter, up to 30 s. @default 500 */
  readonly backoffMs?: number;
  /** File in which each finished item is a line. A batch that is started again goes on where it ended. @default - none */
  readonly checkpoint?: string;
  /** Items whose line in the checkpoint says that they failed are asked again. @default false */
  readonly retryFailed?: boolean;
  /** What makes a checkpoint that of this work, any JSON; required with a checkpoint when the work is a function. */
  readonly fingerprint?: unknown;
  /** Number of items, for progress. @default - the length of an array */
  readonly total?: number;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** Ends the batch in order: nothing new is sent, what is in flight is finished and written. */
  readonly stop?: AbortSignal;
  /** Ends the batch at once: what is in flight is aborted, and asked again by the next run. */
  readonly signal?: AbortSignal;
}
