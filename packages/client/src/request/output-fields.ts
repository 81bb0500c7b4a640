/** What comes back beside the text. */
export interface OutputFields<Logprobs extends boolean, TokenIds extends boolean> {
  /** Log-probability of each token of the answer; the type of the answer then has them. @default false */
  readonly logprobs?: Logprobs;
  /** Also of the likeliest tokens at each place, 0 to 20; needs `logprobs`. @default 0 */
  readonly top_logprobs?: number;
  /** Of these token ids at each place too; needs `logprobs`. vLLM's own. @default - none */
  readonly logprob_token_ids?: readonly number[];
  /** Log-probabilities of the prompt's tokens, with this many others at each place, 0 to 20; not for streams. A fleet refuses it. vLLM's own. @default - none */
  readonly prompt_logprobs?: number;
  /** Writes tokens in logprobs as `token_id:<id>`. vLLM's own. @default false */
  readonly return_tokens_as_token_ids?: boolean;
  /** Ids of the prompt's and the answer's tokens; the type of the answer then has them. vLLM's own. @default false */
  readonly return_token_ids?: TokenIds;
  /** Leaves tokens such as `[IMG]` out of the text. vLLM's own. @default true */
  readonly skip_special_tokens?: boolean;
  /** vLLM's own. @default true */
  readonly spaces_between_special_tokens?: boolean;
  /** Tokens that one event of a stream holds at least, 1 or more; fewer events cost less CPU on both sides. vLLM's own. @default 1 */
  readonly stream_interval?: number;
}
