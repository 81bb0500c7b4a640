/** How the next token is drawn, and when to stop. Ranges are those that vLLM 0.32.0 enforces with a 400. */
export interface SamplingFields {
  /**
   * Most tokens of the answer, at least 1. An answer that reaches it ends with finish reason "length".
   * @default - what the prompt leaves of the context
   */
  readonly max_tokens?: number;
  /** OpenAI's newer name of `max_tokens`; it wins where both are given. @default - as `max_tokens` */
  readonly max_completion_tokens?: number;
  /** The answer does not end before this many tokens; 0 to `max_tokens`. @default 0 */
  readonly min_tokens?: number;
  /** 0 to 2; 0 always takes the likeliest token. @default - the checkpoint's own, 1 without one */
  readonly temperature?: number;
  /** Above 0, to 1: only the likeliest tokens that together reach this probability. @default 1 */
  readonly top_p?: number;
  /** Only this many of the likeliest tokens; 0: all. vLLM's own. @default 0 */
  readonly top_k?: number;
  /** 0 to 1: only tokens at least this share as likely as the likeliest. vLLM's own. @default 0 */
  readonly min_p?: number;
  /** Whole number; the same seed draws the same on the same server and load. @default - random */
  readonly seed?: number;
  /** Answers to one request, 1 to 16384; a fleet takes up to 4. Only 1 with temperature 0. @default 1 */
  readonly n?: number;
  /** -2 to 2: above 0 favours tokens that have not been used. @default 0 */
  readonly presence_penalty?: number;
  /** -2 to 2: above 0 favours tokens that have been used less. @default 0 */
  readonly frequency_penalty?: number;
  /** Above 0; above 1 disfavours tokens of the prompt and the answer so far. vLLM's own. @default 1 */
  readonly repetition_penalty?: number;
  /** Ends an answer that repeats itself. vLLM's own. @default - off */
  readonly repetition_detection?: {
    /** Longest pattern in tokens. */
    readonly max_pattern_size: number;
    /** Shortest pattern in tokens. @default 0 */
    readonly min_pattern_size?: number;
    /** How often it must come. */
    readonly min_count: number;
  };
  /** Searches `n` beams instead of drawing tokens. A fleet refuses it. vLLM's own. @default false */
  readonly use_beam_search?: boolean;
  /** Exponent of the length by which beams are compared; only with `use_beam_search`. @default 1 */
  readonly length_penalty?: number;
  /** Texts that end the answer; at most four. */
  readonly stop?: string | readonly string[];
  /** Tokens that end the answer, beside the model's own end. vLLM's own. @default - none */
  readonly stop_token_ids?: readonly number[];
  /** Whether the text that ended the answer is a part of it. vLLM's own. @default false */
  readonly include_stop_str_in_output?: boolean;
  /** Goes on after the model's own end, up to `max_tokens`. vLLM's own; for measurements. @default false */
  readonly ignore_eos?: boolean;
  /** Texts that the answer must not hold. vLLM's own. @default - none */
  readonly bad_words?: readonly string[];
  /** Token ids that the answer may hold, and no others. vLLM's own. @default - all */
  readonly allowed_token_ids?: readonly number[];
}
