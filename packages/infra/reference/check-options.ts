import type { Option, Section } from './list-sections.ts';

/**
 * What is wrong with the documentation of the config, one sentence each; empty when nothing is.
 * @param resolved configs that gave no more than they must: what options become that have no default of their own
 */
export function checkSections(
  sections: readonly Section[],
  resolved: readonly unknown[] = [],
): readonly string[] {
  const check = (option: Option): readonly string[] => {
    const inherited = resolved.map((config) => valueAt(config, option.path));
    return checkOption(option, option.schema.default ?? inherited.find((value) => value !== undefined));
  };
  return sections.flatMap(({ disagreements, options }) => [
    ...disagreements,
    ...options.flatMap((option) => check(option).map((problem) => `${nameOf(option)}: ${problem}`)),
  ]);
}

function valueAt(config: unknown, path: readonly string[]): unknown {
  return path.reduce((value, step) => Object(value)[step], config);
}

/** `network.cidr`, `capacity.schedules[].name`. */
export function nameOf({ path }: Pick<Option, 'path'>): string {
  return path.join('.').replaceAll('..', '[].').replace(/\.$/, '[]');
}

function checkOption(option: Option, realDefault: unknown): readonly string[] {
  const { description, optional, defaultText } = option;
  const problems = [];
  if (description === '') problems.push('is not described');
  if (optional !== (defaultText !== undefined))
    problems.push(optional ? 'is optional, but has no @default' : 'is required, but has a @default');
  return defaultText === undefined
    ? problems
    : [...problems, ...checkDefault(option, { text: defaultText, realDefault })];
}

/** A literal, and perhaps why it is so; or words alone. */
const LITERAL = /^(?<literal>'[^']*'|-?[\d_.]+|true|false|\[.*?\])(?: - .*)?$/s;

function checkDefault(
  { schema }: Option,
  { text, realDefault }: { readonly text: string; readonly realDefault: unknown },
): readonly string[] {
  const literal = LITERAL.exec(text)?.groups?.literal;
  if (literal === undefined) {
    if (!text.startsWith('- ')) return [`@default must be a literal or "- " with words, got ${text}`];
    return isScalar(schema.default)
      ? [`@default says "${text}", but it is ${JSON.stringify(schema.default)}`]
      : [];
  }
  const said = JSON.stringify(JSON.parse(literal.replaceAll("'", '"').replaceAll('_', '')));
  const real = JSON.stringify(realDefault);
  return said === real ? [] : [`@default says ${said}, but it is ${real ?? 'none'}`];
}

function isScalar(value: unknown): boolean {
  return value !== undefined && typeof value !== 'object';
}
