import type { ResponseInfo } from '../errors/errors.ts';
import type { ToolCall } from '../request/tools.ts';

/** `Value` where it was asked for, `undefined` where it was not, either where the compiler cannot know. */
export type Asked<Flag extends boolean, Value> = Flag extends true ? Value : undefined;

/** "stop": the model's own end or a stop text; "length": cut at `max_tokens`; "tool_calls": the model asks for tools. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | (string & {});

export interface Logprob {
  readonly token: string;
  /** Natural logarithm of the probability. */
  readonly logprob: number;
  /** UTF-8 of the token; empty where the token alone makes no text. */
  readonly bytes: readonly number[] | null;
}

/** A token of the answer and what else was likely in its place. */
export interface TokenLogprob extends Logprob {
  readonly top_logprobs: readonly Logprob[];
}

/** By token id. */
export type PromptLogprobs = Readonly<
  Record<string, { readonly logprob: number; readonly rank: number; readonly decoded_token: string }>
>;

export interface Usage {
  /** Tokens of text and pictures. */
  readonly prompt_tokens: number;
  /** Of all choices together. */
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /** Only from a server with `--enable-prompt-tokens-details`, and not in streams. */
  readonly prompt_tokens_details?: {
    /** Tokens that were not computed again. */
    readonly cached_tokens?: number;
    readonly multimodal_tokens?: { readonly image?: number };
  };
}

/** One answer of `n`. */
export interface ChatChoice<Logprobs extends boolean = boolean, TokenIds extends boolean = boolean> {
  readonly index: number;
  readonly text: string;
  readonly finishReason: FinishReason;
  /** The stop text or stop token that ended it; undefined for the model's own end. */
  readonly stopReason: string | number | undefined;
  readonly toolCalls: readonly ToolCall[];
  readonly logprobs: Asked<Logprobs, readonly TokenLogprob[]>;
  readonly tokenIds: Asked<TokenIds, readonly number[]>;
}

export interface ChatCompletion<Logprobs extends boolean = boolean, TokenIds extends boolean = boolean> {
  readonly id: string;
  readonly model: string;
  /** Text of the first choice. */
  readonly text: string;
  /** `n` of them, in order. */
  readonly choices: readonly [ChatChoice<Logprobs, TokenIds>, ...ChatChoice<Logprobs, TokenIds>[]];
  readonly usage: Usage;
  readonly promptTokenIds: Asked<TokenIds, readonly number[]>;
  /** A place for each token of the prompt, `null` for the first; undefined unless `prompt_logprobs` was set. */
  readonly promptLogprobs: readonly (PromptLogprobs | null)[] | undefined;
  readonly response: ResponseInfo;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call, all attempts together. @default - the client's */
  readonly timeoutMs?: number;
  /** Attempts after the first, for failures before the first byte of an answer. @default - the client's */
  readonly retries?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields of a newer server that this client does not know: sent as they are, checked by nobody. @default - none */
  readonly unchecked?: Readonly<Record<string, unknown>>;
}

export interface Model {
  readonly id: string;
  /** Context length in tokens. */
  readonly maxModelLen: number | undefined;
}
