import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSections } from '../reference/check-options.ts';
import { formatReference } from '../reference/format-reference.ts';
import { listSections, type Section } from '../reference/list-sections.ts';
import {
  type DocumentedInterface,
  type DocumentedProperty,
  readInterfaces,
} from '../reference/read-interfaces.ts';
import { readSchema, resolveLeast, type SchemaNode } from '../reference/read-schema.ts';
import { REPOSITORY } from '../src/bundle/cache-folder.ts';

describe('docs/configuration.md', () => {
  const sections = listSections(readInterfaces(), readSchema());

  it('describes every option, with the default that it really has', () => {
    expect(sections.flatMap(({ options }) => options).length).toBeGreaterThan(50);
    expect(checkSections(sections, resolveLeast())).toEqual([]);
  });

  it('is what the sources say: `npm run docs -w packages/infra` writes it', async () => {
    const written = await readFile(join(REPOSITORY, 'docs', 'configuration.md'), 'utf8');
    expect(written).toBe(formatReference(sections));
  });
});

describe('what is found', () => {
  it.each<[string, Partial<DocumentedProperty>, SchemaNode, string]>([
    ['another default', { defaultText: '4' }, { default: 3 }, 'a: @default says 4, but it is 3'],
    ['no default', { defaultText: "'x'" }, {}, 'a: @default says "x", but it is none'],
    ['a hidden one', { defaultText: '- some' }, { default: 3 }, 'a: @default says "- some", but it is 3'],
    [
      'an unclear one',
      { defaultText: 'three' },
      { default: 3 },
      'a: @default must be a literal or "- " with words, got three',
    ],
    ['none said', {}, { default: 3 }, 'a: is optional, but has no @default'],
    ['silence', { defaultText: '1_000', description: '' }, { default: 1000 }, 'a: is not described'],
  ])('%s', (_, property, schema, problem) => {
    expect(problemsOf({ a: property }, { properties: { a: schema } })).toEqual([problem]);
  });

  it.each([
    ['1_000', 1000],
    ["'w8a8' - fits 24 GB", 'w8a8'],
    ["['a', 'b']", ['a', 'b']],
    ['- none', []],
    ['false', false],
  ])('nothing about %s', (defaultText, real) => {
    expect(problemsOf({ a: { defaultText } }, { properties: { a: { default: real } } })).toEqual([]);
  });

  it('another default than what leaving it out comes to', () => {
    const sections = sectionsOf({ a: { defaultText: '2' } }, { properties: { a: {} } });
    expect(checkSections(sections, [{ b: 1 }, { a: 2 }])).toEqual([]);
    expect(checkSections(sections, [{ a: 3 }])).toEqual(['a: @default says 2, but it is 3']);
  });

  it('options that only the interface, only the schema, or only one of them requires', () => {
    const properties = { a: { defaultText: '- none' }, b: { optional: false } };
    expect(problemsOf(properties, { properties: { b: {}, c: {} } })).toEqual([
      'PixtralConfig: a is not in the schema',
      'PixtralConfig: c is not in the interface',
      'PixtralConfig: b is required on one side only',
    ]);
  });
});

function problemsOf(...given: Parameters<typeof sectionsOf>): readonly string[] {
  return checkSections(sectionsOf(...given));
}

function sectionsOf(
  properties: Record<string, Partial<DocumentedProperty>>,
  schema: SchemaNode,
): readonly Section[] {
  const documented: DocumentedInterface = {
    name: 'PixtralConfig',
    description: '',
    properties: Object.entries(properties).map(([name, property]) => ({
      name,
      type: 'number',
      optional: true,
      description: 'Something.',
      defaultText: undefined,
      ...property,
    })),
  };
  return listSections(new Map([[documented.name, documented]]), schema);
}
