import { isRecord } from '../json.ts';

/** One thing that is not as recorded. */
export interface Difference {
  /** Such as `status`, `header vary` or `body.usage.prompt_tokens`. */
  readonly where: string;
  readonly recorded: unknown;
  readonly got: unknown;
}

/**
 * How a value is compared: `text` and `number` are a random model's or a clock's, so that only the type must agree;
 * `list` is a random model's list, of which only the items' type counts; `map` has keys of its own choice.
 */
type Rule = 'exact' | 'text' | 'number' | 'list' | 'map';

/** What a random model, a clock or the model's folder decides, by the end of its path. Everything else is exact. */
const RULES: readonly (readonly [path: RegExp, rule: Rule])[] = [
  [/\.(created|created_at)$/, 'number'],
  [/\.data\[0\]\.root$/, 'text'],
  [/\.(logprob|rank)$/, 'number'],
  [/\.(decoded_token|token)$/, 'text'],
  [/\.bytes$/, 'list'],
  [/\.prompt_logprobs\[\d+\]$/, 'map'],
  [/\.choices\[\d+\]\.token_ids$/, 'list'],
];

export interface CompareOptions {
  /** The recorded text ended by itself, so that how long it is was the random model's choice. */
  readonly freeLength: boolean;
  /** Which chunks have text is chance. */
  readonly freeText: boolean;
}

/** Compares values, types, null, and the keys with their order. */
export function compareJson(
  recorded: unknown,
  got: unknown,
  options: CompareOptions,
  where = 'body',
): readonly Difference[] {
  switch (ruleOf(where, options)) {
    case 'number':
      return bothAre('number', recorded, got) ? [] : differ(where, recorded, got);
    case 'text':
      return bothAre('string', recorded, got) ? [] : differ(where, recorded, got);
    case 'list': {
      if (!Array.isArray(recorded) || !Array.isArray(got))
        return differ(where, recorded, got, recorded === got);
      return got.every((item) => typeof item === 'number') ? [] : differ(where, recorded, got);
    }
    case 'map': {
      if (!isRecord(recorded) || !isRecord(got)) return differ(where, recorded, got, recorded === got);
      const [first] = Object.values(recorded);
      return Object.values(got).flatMap((value) => compareJson(first, value, options, `${where}.*`));
    }
    default:
      return compareExactly(recorded, got, options, where);
  }
}

function compareExactly(
  recorded: unknown,
  got: unknown,
  options: CompareOptions,
  where: string,
): readonly Difference[] {
  if (Array.isArray(recorded) && Array.isArray(got)) {
    if (recorded.length !== got.length) return differ(where, recorded, got);
    return recorded.flatMap((item, index) => compareJson(item, got[index], options, `${where}[${index}]`));
  }
  if (isRecord(recorded) && isRecord(got)) {
    const keys = Object.keys(recorded);
    const otherKeys = Object.keys(got);
    if (keys.join() !== otherKeys.join()) return differ(`${where} keys`, keys, otherKeys);
    return keys.flatMap((key) => compareJson(recorded[key], got[key], options, `${where}.${key}`));
  }
  if (typeof recorded === 'string' && typeof got === 'string') {
    // Of a model's words it counts whether there are any.
    const same = isModelText(where)
      ? options.freeText || (recorded === '') === (got === '')
      : withoutRandom(recorded) === withoutRandom(got);
    return differ(where, recorded, got, same);
  }
  return differ(where, recorded, got, recorded === got);
}

function ruleOf(where: string, { freeLength }: CompareOptions): Rule {
  if (freeLength && /\.usage\.(completion_tokens|total_tokens)$/.test(where)) return 'number';
  return RULES.find(([path]) => path.test(where))?.[1] ?? 'exact';
}

function isModelText(where: string): boolean {
  return (
    /\.choices\[\d+\](\.(message|delta)\.content|\.text)$/.test(where) ||
    /\.(content|output|content_block|part|delta|item)\b.*\.text$/.test(where)
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

function bothAre(type: 'number' | 'string', recorded: unknown, got: unknown): boolean {
  return recorded === got || (typeof recorded === type && typeof got === type);
}

function differ(where: string, recorded: unknown, got: unknown, same = false): readonly Difference[] {
  return same ? [] : [{ where, recorded, got }];
}
