/** UTF-8 bytes that a token of text takes on average: 4.2 in English prose with Pixtral's tokenizer, fewer elsewhere. */
export const BYTES_PER_TOKEN = 4;

/** What an answer is taken to be where the request sets no limit: vLLM itself would go on to the end of the context. */
const ASSUMED_ANSWER_TOKENS = 256;

/** What is known of a request before the model has seen it. */
export interface RequestSize {
  /** Of all its pictures, from their headers. */
  readonly imageTokens: number;
  /** Bytes of its JSON that are no picture. */
  readonly textBytes: number;
  /** Limit of tokens for an answer; undefined where it sets none. */
  readonly maxTokens: number | undefined;
  /** Answers that it asks for. */
  readonly choices: number;
}

/**
 * Tokens that a request takes of the KV cache until it is answered: its pictures exactly, its text by its length, its
 * answers as long as they may become. Deliberately high: what is only feared to be long is not sent to a full instance.
 */
export function estimateTokens({ imageTokens, textBytes, maxTokens, choices }: RequestSize): number {
  const textTokens = Math.ceil(Math.max(0, textBytes) / BYTES_PER_TOKEN);
  return imageTokens + textTokens + (maxTokens ?? ASSUMED_ANSWER_TOKENS) * choices;
}

/** What a model server can work on at the same time. */
export interface EngineCapacity {
  /** Tokens that its KV cache holds (`kv_cache_size_tokens` of its `/metrics`); undefined where it does not tell. */
  readonly kvCacheTokens: number | undefined;
  /** Requests in a batch (`--max-num-seqs`); undefined where that is left to vLLM. */
  readonly batchSize: number | undefined;
}

/**
 * Load in percent: what is in flight of what can be worked on at the same time, by tokens or by places in the batch,
 * whichever is scarcer. 0 when idle; above 100 the rest waits. Undefined when neither is known.
 */
export function loadPercent(
  inFlight: { readonly tokens: number; readonly requests: number },
  { kvCacheTokens, batchSize }: EngineCapacity,
): number | undefined {
  if (kvCacheTokens === undefined && batchSize === undefined) return undefined;
  const byTokens = kvCacheTokens === undefined ? 0 : inFlight.tokens / kvCacheTokens;
  const byPlaces = batchSize === undefined ? 0 : inFlight.requests / batchSize;
  return 100 * Math.max(byTokens, byPlaces);
}

/** The batch size among the arguments of `vllm serve`. */
export function findBatchSize(args: readonly string[]): number | undefined {
  const flag = '--max-num-seqs';
  const at = args.indexOf(flag);
  const value =
    at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
  const size = Number(value);
  return Number.isInteger(size) && size > 0 ? size : undefined;
}
