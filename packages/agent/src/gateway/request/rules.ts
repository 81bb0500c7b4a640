import { isRecord } from '../is-record.ts';
import { Refusal } from '../refusal.ts';

/**
 * What the value of one field may be.
 * @param at path of the field in the request, such as `messages[0].role`
 * @throws Refusal that names the field, what is expected and what was got
 */
export type Rule = (value: unknown, at: string) => void;

/** Refuses with 400; the field is named in the message and in `param`. */
export function refuse(at: string, message: string): never {
  throw new Refusal(400, `"${at}" ${message}`, { param: at });
}

/** A value that is none of the expected ones. */
export function mustBe(at: string, expected: string, value: unknown): never {
  refuse(at, `must be ${expected}, got ${describe(value)}`);
}

/** As vLLM takes it: null says the same as leaving the field out. */
export function orNull(rule: Rule): Rule {
  return (value, at) => {
    if (value !== null) rule(value, at);
  };
}

/** The field is never passed on, not even as null; the reason says what to do instead. */
export function refused(reason: string): Rule {
  return (_value, at) => refuse(at, `is not accepted: ${reason}`);
}

/** A field that is only known by its default; clients that write defaults out are not punished. */
export function only(expected: boolean | number | string, reason: string): Rule {
  return (value, at) => {
    if (value !== expected)
      refuse(at, `must be ${JSON.stringify(expected)}, got ${describe(value)}: ${reason}`);
  };
}

export const boolean: Rule = (value, at) => {
  if (typeof value !== 'boolean') mustBe(at, 'true or false', value);
};

/** Whole numbers, both bounds included. */
export function integer(least: number, most: number): Rule {
  return (value, at) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return;
    mustBe(at, `a whole number from ${least} to ${most}`, value);
  };
}

/** Finite numbers; `above` is the bound that is not itself allowed. */
export function number(bounds: {
  readonly from?: number;
  readonly above?: number;
  readonly to: number;
}): Rule {
  const { from = Number.NEGATIVE_INFINITY, above = Number.NEGATIVE_INFINITY, to } = bounds;
  const expected =
    bounds.above === undefined ? `a number from ${from} to ${to}` : `a number above ${above} and up to ${to}`;
  return (value, at) => {
    if (typeof value === 'number' && value >= from && value > above && value <= to) return;
    mustBe(at, expected, value);
  };
}

/** Characters as JavaScript counts them (UTF-16). */
export function text(least: number, most: number): Rule {
  return (value, at) => {
    if (typeof value === 'string' && value.length >= least && value.length <= most) return;
    const expected = `a string of ${least} to ${most} characters`;
    if (typeof value === 'string' && value.length > most) {
      refuse(at, `must be ${expected}, got ${value.length}`);
    }
    mustBe(at, expected, value);
  };
}

export function oneOf(...values: readonly string[]): Rule {
  return (value, at) => {
    if (typeof value === 'string' && values.includes(value)) return;
    mustBe(
      at,
      values
        .map((each) => JSON.stringify(each))
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1'),
      value,
    );
  };
}

export function listOf(rule: Rule, least: number, most: number): Rule {
  return (value, at) => {
    if (!Array.isArray(value)) mustBe(at, 'a list', value);
    if (value.length < least || value.length > most) {
      refuse(at, `must have ${least} to ${most} entries, got ${value.length}`);
    }
    for (const [index, entry] of value.entries()) rule(entry, `${at}[${index}]`);
  };
}

/** An object with these fields and no others. */
export function shape(
  fields: Readonly<Record<string, Rule>>,
  options: { readonly required?: readonly string[] } = {},
): Rule {
  return (value, at) => {
    const record = requireRecord(value, at);
    for (const field of options.required ?? []) {
      if (record[field] === undefined) refuse(`${at}.${field}`, 'is missing');
    }
    for (const [field, entry] of Object.entries(record)) {
      const rule = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (!rule)
        refuse(
          `${at}.${field.slice(0, 64)}`,
          `is not a field of "${at}"; known are ${Object.keys(fields).join(', ')}`,
        );
      rule(entry, `${at}.${field}`);
    }
  };
}

export function requireRecord(value: unknown, at: string): Record<string, unknown> {
  if (!isRecord(value)) mustBe(at, 'an object', value);
  return value;
}

/** Short enough for a message, and never the whole of what somebody sent. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string' && value.length > 64) return `${JSON.stringify(value.slice(0, 64))}…`;
  return JSON.stringify(value);
}
