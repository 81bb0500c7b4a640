import { nameOf } from './check-options.ts';
import type { Option, Section } from './list-sections.ts';
import { askWhatIsAllowed, objectIn, type SchemaNode } from './read-schema.ts';

const HEAD = `# Configuration

<!-- Generated from packages/infra/src/config by \`npm run docs -w packages/infra\`: change the sources, not this. -->

Everything that can be chosen about a fleet stands in \`pixtral.config.ts\`, or in the file that the environment variable
\`PIXTRAL_CONFIG\` names. All options may be left out. A value that cannot be, or options that contradict each other, end synth
before anything is deployed, with exit code 1 and one sentence that names the option, what was got and what is allowed; an
unknown option is answered with the one that was probably meant. Configs to begin from: [examples/](../examples).`;

/** The whole of docs/configuration.md. */
export function formatReference(sections: readonly Section[]): string {
  return `${[HEAD, ...sections.map(formatSection)].join('\n\n')}\n`;
}

function formatSection(section: Section): string {
  const depth = section.path.filter((step) => step !== '').length;
  const rows = section.options.map((option) =>
    [`\`${option.path.at(-1)}\``, formatType(option), formatDefault(option), formatText(option.description)]
      .map((cell) => ` ${cell} `)
      .join('|'),
  );
  return [
    depth === 0 ? '## The fleet' : `${depth > 1 ? '###' : '##'} \`${nameOf(section)}\``,
    ...(section.description ? [section.description] : []),
    ['| option | type, and what is allowed | default | meaning |', '|---|---|---|---|']
      .concat(rows.map((row) => `|${row}|`))
      .join('\n'),
  ].join('\n\n');
}

function formatType(option: Option): string {
  const allowed = describeAllowed(option);
  const type = code(readableType(option));
  const holder = objectIn(option.schema);
  return `${holder ? `[${type}](#${anchorOf(option)})` : type}${allowed ? `<br>${escapeBars(allowed)}` : ''}`;
}

/** As GitHub makes it of the section's title. */
function anchorOf(option: Option): string {
  return nameOf(option)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/** Names of types elsewhere say nothing here; what they stand for does. */
function readableType({ type, schema }: Option): string {
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  return type.replace(/^Readonly<(.*)>$/, '$1').replaceAll(/\b\w+(Config|Options)\b/g, 'object');
}

function describeAllowed({ schema, path }: Option): string | undefined {
  if (schema.type === 'string' && !schema.enum) return sayAllowed(path);
  if (schema.type === 'integer' || schema.type === 'number')
    return describeRange(schema) ?? sayAllowed(path, 'number');
  if (schema.type !== 'array') return undefined;
  const items = schema.items?.type === 'string' ? sayAllowed([...path, '']) : undefined;
  const least = schema.minItems ? `at least ${schema.minItems}` : undefined;
  return [least, items && `each ${items}`].filter((part) => part !== undefined).join('; ') || undefined;
}

function sayAllowed(path: readonly string[], type: 'string' | 'number' = 'string'): string | undefined {
  // What does not go with another option says nothing about the value.
  const words = askWhatIsAllowed(path, type)
    .filter((message) => /^(must|Invalid) /.test(message))
    .map((message) => message.replace(/^must be /, '').replace(/^Invalid /, 'a valid '));
  return words.join(', ') || undefined;
}

function describeRange({ type, minimum, exclusiveMinimum, maximum }: SchemaNode): string | undefined {
  const kind = type === 'integer' ? 'whole, ' : '';
  if (exclusiveMinimum !== undefined) return `${kind}more than ${exclusiveMinimum}`;
  if (minimum === undefined || maximum === undefined) return undefined;
  return `${kind}${minimum.toLocaleString('en')} to ${maximum.toLocaleString('en')}`;
}

function formatDefault({ defaultText }: Option): string {
  if (defaultText === undefined) return '**required**';
  const [, literal, words] = /^('[^']*'|[\w.]+|\[.*?\])?(?: ?- (.*))?$/s.exec(defaultText) ?? [];
  return [literal && code(literal), words && formatText(words)].filter(Boolean).join(', ');
}

/** A comment's lines in one cell; its list stays a list. */
function formatText(text: string): string {
  return escapeBars(
    text
      .replaceAll(/\n- /g, '<br>• ')
      .replace(/^- /, '• ')
      .replaceAll(/\s*\n\s*/g, ' '),
  );
}

function code(text: string): string {
  return `\`${escapeBars(text)}\``;
}

/** A bar would end the cell, in code as well. */
function escapeBars(text: string): string {
  return text.replaceAll('|', '\\|');
}
