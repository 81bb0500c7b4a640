/** How the server treats the request. */
export interface ServingFields {
  /** @default - the model that the client was made for */
  readonly model?: string;
  /** Becomes a part of the answer's id: `chatcmpl-<it>`. A fleet refuses it: send the header `X-Request-Id`, which does the same. vLLM's own. @default - made by the server */
  readonly request_id?: string;
  /** The same for all requests of one conversation. A fleet refuses it. vLLM's own. @default - none */
  readonly session_id?: string;
  /**
   * 1 to 1024 characters; only requests with the same salt share cached prompts, so that nobody can find out by timing
   * what others asked. vLLM's own. @default - all requests share
   */
  readonly cache_salt?: string;
  /** Lower goes first; needs vLLM's `--scheduling-policy priority`. A fleet refuses it. vLLM's own. @default 0 */
  readonly priority?: number;
  /** Only the last (or first, see `truncation_side`) tokens of the prompt; -1: as many as fit. Cuts pictures, too; a fleet refuses it. vLLM's own. @default - all */
  readonly truncate_prompt_tokens?: number;
  /** Which side is cut off. A fleet refuses it. vLLM's own. @default - the tokenizer's */
  readonly truncation_side?: 'left' | 'right';
  /** Options of the Hugging Face picture processor; needs vLLM's `--trust-request-mm-kwargs`. A fleet refuses it. vLLM's own. @default - the server's */
  readonly mm_processor_kwargs?: Readonly<Record<string, unknown>>;
  /** Lets the model go on with the last message, which is the assistant's; needs `add_generation_prompt: false`. A fleet refuses both. vLLM's own. @default false */
  readonly continue_final_message?: boolean;
  /** vLLM's own. @default true */
  readonly add_generation_prompt?: boolean;
}
