import { isRecord } from '../json.ts';
import { areEndings, type CompareOptions, isModelText, ruleOf, withoutRandom } from './compare-rules.ts';

/** One thing that is not as recorded. */
export interface Difference {
  /** Such as `status`, `header vary` or `body.usage.prompt_tokens`. */
  readonly where: string;
  readonly recorded: unknown;
  readonly got: unknown;
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
      return differ(where, recorded, got, bothAre('number', recorded, got));
    case 'text':
      return differ(where, recorded, got, bothAre('string', recorded, got));
    case 'list':
      return compareList(recorded, got, where);
    case 'tokens':
      return compareList(recorded, got, where, { sameLength: true });
    case 'map':
      return compareMap(recorded, got, options, where);
    case 'items':
      return compareItems(recorded, got, options, where);
    case 'ending':
      return differ(where, recorded, got, recorded === got || areEndings(recorded, got));
    case 'template':
      return differ(where, recorded, got, templateOf(recorded) === templateOf(got));
    default:
      return compareExactly(recorded, got, options, where);
  }
}

function compareList(
  recorded: unknown,
  got: unknown,
  where: string,
  { sameLength = false } = {},
): readonly Difference[] {
  if (!Array.isArray(recorded) || !Array.isArray(got)) return differ(where, recorded, got, recorded === got);
  const type = typeof recorded[0];
  const typed = recorded.length === 0 || got.every((item) => typeof item === type);
  return differ(where, recorded, got, typed && (!sameLength || recorded.length === got.length));
}

function compareMap(
  recorded: unknown,
  got: unknown,
  options: CompareOptions,
  where: string,
): readonly Difference[] {
  if (!isRecord(recorded) || !isRecord(got)) return differ(where, recorded, got, recorded === got);
  const [first] = Object.values(recorded);
  return Object.values(got).flatMap((value) => compareJson(first, value, options, `${where}.*`));
}

/** The first of a list may be another kind than the rest: a prompt's first token has no probability. */
function compareItems(
  recorded: unknown,
  got: unknown,
  options: CompareOptions,
  where: string,
): readonly Difference[] {
  if (!Array.isArray(recorded) || !Array.isArray(got)) return differ(where, recorded, got, recorded === got);
  return got.flatMap((item, index) =>
    compareJson(recorded[Math.min(index, recorded.length - 1)], item, options, `${where}[${index}]`),
  );
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

function templateOf(value: unknown): unknown {
  return typeof value === 'string' ? withoutRandom(value).replace(/\d+(\.\d+)?/g, '#') : value;
}

function bothAre(type: 'number' | 'string', recorded: unknown, got: unknown): boolean {
  return recorded === got || (typeof recorded === type && typeof got === type);
}

function differ(where: string, recorded: unknown, got: unknown, same = false): readonly Difference[] {
  return same ? [] : [{ where, recorded, got }];
}
