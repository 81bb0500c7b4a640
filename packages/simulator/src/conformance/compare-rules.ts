/**
 * How a value is compared: `text` and `number` are a random model's or a clock's, so that only the type must agree;
 * `list` is a random model's list, of which the items' type counts, and of `tokens` their number too; `map` has keys of
 * its own choice; `items` have the shape of the first; an `ending` is one of several that the model chooses; a `template`
 * is a text whose numbers are the model's.
 */
export type Rule = 'exact' | 'text' | 'number' | 'list' | 'tokens' | 'map' | 'items' | 'ending' | 'template';

export interface CompareOptions {
  /** The recorded text ended by itself, so that how long it is was the random model's choice. */
  readonly freeLength: boolean;
  /** Which chunks have text is chance. */
  readonly freeText: boolean;
  /** The server has another model than the recorded one: other words, and another tokenizer. */
  readonly otherModel: boolean;
}

type Rules = readonly (readonly [path: RegExp, rule: Rule])[];

/** What a random model, a clock or the model's folder decides, by the end of its path. Everything else is exact. */
const ALWAYS: Rules = [
  [/\.(created|created_at)$/, 'number'],
  [/\.data\[0\]\.root$/, 'text'],
  [/\.(logprob|rank)$/, 'number'],
  [/\.(decoded_token|token)$/, 'text'],
  [/\.bytes$/, 'list'],
  [/\.prompt_logprobs\[\d+\]$/, 'map'],
  [/\.choices\[\d+\]\.token_ids$/, 'tokens'],
];

const LENGTHS: Rules = [
  [/\.usage\.(completion_tokens|total_tokens|output_tokens)$/, 'number'],
  [/\.choices\[\d+\]\.token_ids$/, 'list'],
];

/** What further differs between two models. Pictures are counted by difference, see `compareImageTokens`. */
const OTHER_MODEL: Rules = [
  [/\.usage\.\w+_tokens$/, 'number'],
  [/^body\.(count|input_tokens|context_management\.original_input_tokens)$/, 'number'],
  [/\.(tokens|token_strs|token_ids|prompt_token_ids)$/, 'list'],
  [/\.prompt_logprobs$/, 'items'],
  [/\.logprobs\.content$/, 'items'],
  [/\.(finish_reason|stop_reason)$/, 'ending'],
  [/\.sequence_number$/, 'number'],
  [/^body\.prompt$/, 'text'],
  [/\.error\.message$/, 'template'],
];

/** Between which a model chooses: it ends by itself, after it was told to call a tool too, or is cut. */
const ENDINGS: readonly (readonly unknown[])[] = [
  ['stop', 'length', 'tool_calls'],
  ['end_turn', 'max_tokens'],
];

/** Whether two ends differ by the model only. A beam search names the token that ended it where it was not cut. */
export function areEndings(recorded: unknown, got: unknown): boolean {
  if (recorded === null && typeof got === 'number') return true;
  return ENDINGS.some((endings) => endings.includes(recorded) && endings.includes(got));
}

export function ruleOf(where: string, { freeLength, otherModel }: CompareOptions): Rule {
  const rules = [...(otherModel ? OTHER_MODEL : []), ...(freeLength ? LENGTHS : []), ...ALWAYS];
  return rules.find(([path]) => path.test(where))?.[1] ?? 'exact';
}

/** A model's words. */
export function isModelText(where: string): boolean {
  return (
    /\.choices\[\d+\](\.(message|delta)\.content|\.text)$/.test(where) ||
    /\.(content|output|content_block|part|delta|item)\b.*\.text$/.test(where) ||
    /^(event \d+)?\.(delta|text)$/.test(where)
  );
}

/** Identifiers, hashes and the ports of this run are random; their form is not. */
export function withoutRandom(text: string): string {
  return text
    .replace(/\b[0-9a-f]{32}\b/g, '<32 hex>')
    .replace(/(?<=[-_])[0-9a-f]{16}\b/g, '<16 hex>')
    .replace(/^(vllm-\d+\.\d+\.\d+-)[0-9a-f]{8}$/, '$1<8 hex>')
    .replace(/\b(127\.0\.0\.1|localhost):\d{4,5}\b/g, '$1:<port>');
}
