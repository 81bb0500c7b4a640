import type { FinishReason, TokenLogprob, Usage } from '../chat/chat-types.ts';

/** `index` says of which of the `n` choices an event is. */
export type ChatStreamEvent =
  /** More text of the answer; never empty. */
  | { readonly type: 'text-delta'; readonly text: string; readonly index: number }
  /** With `logprobs`, before the text that the tokens make; a token need not make any text yet. */
  | { readonly type: 'logprobs'; readonly tokens: readonly TokenLogprob[]; readonly index: number }
  /** With `return_token_ids`. */
  | { readonly type: 'token-ids'; readonly tokenIds: readonly number[]; readonly index: number }
  /** With `return_token_ids`, once, at first. */
  | { readonly type: 'prompt-token-ids'; readonly tokenIds: readonly number[] }
  | ToolCallDelta
  /** A choice is complete; once for each. */
  | {
      readonly type: 'finish';
      readonly reason: FinishReason;
      readonly stopReason: string | number | undefined;
      readonly index: number;
    }
  /** At last, once. */
  | { readonly type: 'usage'; readonly usage: Usage };

/** A part of a tool call: the first one of a call has `id` and `name`, all add to `arguments`. */
export interface ToolCallDelta {
  readonly type: 'tool-call-delta';
  /** Which call of the choice. */
  readonly toolIndex: number;
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** More of the JSON text. */
  readonly arguments: string;
  readonly index: number;
}
