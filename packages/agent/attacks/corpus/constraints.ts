import {
  type Advisory,
  type Attack,
  type Expectation,
  fails,
  refuse,
  type Sighting,
  WORKS,
} from '../attack.ts';
import type { Target } from '../lab/target.ts';
import { watchCanary, watchFailures, watchOthers } from '../sightings.ts';

const NOT_COMPILED = fails('it makes no grammar');
const constrained = (structured_outputs: object) => ({ structured_outputs });
const REPETITIONS = '((a{1,100}){1,100}){1,100}';
const REGEX: readonly Advisory[] = [
  { id: 'CVE-2026-55574', affected: '< 0.24.0' },
  { id: 'CVE-2026-73556', affected: '< 0.26.0' },
];

function nested(levels: number): object {
  let schema: object = { type: 'string' };
  for (let level = 0; level < levels; level++) {
    schema = { type: 'object', properties: { a: schema }, required: ['a'] };
  }
  return schema;
}

interface Constraint {
  readonly id: string;
  readonly sends: string;
  readonly advisories?: readonly Advisory[];
  readonly vllm: Expectation;
  readonly message: string;
  /** Of the request. @default - whether others are held up */
  readonly watch?: (target: Target, fields: () => object) => Promise<Sighting>;
  fields(target: Target): object;
}

const holdsUp = (target: Target, fields: () => object) =>
  watchOthers(target, () => target.chat(fields() as Record<string, unknown>));

const CONSTRAINTS: readonly Constraint[] = [
  {
    id: 'regex-repetitions',
    sends: 'a regular expression of nested repetitions, a million times `a`',
    advisories: REGEX,
    vllm: fails('fixed in 0.24.0 and 0.26.0: made in 0.2 s, under a limit of 5 s'),
    message: 'must be a regular expression as RE2 knows them',
    fields: () => constrained({ regex: REPETITIONS }),
  },
  {
    id: 'schema-pattern',
    sends: 'the same as a `pattern` in a JSON Schema',
    advisories: REGEX,
    vllm: fails('fixed in 0.26.0: made in 0.2 s'),
    message: 'must be a regular expression as RE2 knows them',
    fields: () => constrained({ json: { type: 'string', pattern: REPETITIONS } }),
  },
  {
    id: 'schema-of-patterns',
    sends: 'a JSON Schema of 10,000 strings, each of up to 1,000 characters by a pattern',
    vllm: WORKS,
    message: 'must be a whole number from 0 to 10000, got 100000',
    watch: (target, fields) => watchFailures(() => target.chat(fields() as Record<string, unknown>)),
    fields: () =>
      constrained({
        json: {
          type: 'array',
          items: { type: 'string', pattern: '^.{1,1000}$' },
          minItems: 10_000,
          maxItems: 100_000,
        },
      }),
  },
  {
    id: 'schema-depth',
    sends: 'a JSON Schema of 60 objects inside each other',
    vllm: fails('at most 64 levels of objects and lists'),
    message: 'the body nests deeper than 64 levels',
    fields: () => constrained({ json: nested(60) }),
  },
  {
    id: 'schema-width',
    sends: 'a JSON Schema of 3,000 properties',
    vllm: fails('made in 3 s, beside which others are answered'),
    message: 'must have at most 32768 bytes of JSON',
    fields: () => {
      const names = Array.from({ length: 3_000 }, (_, index) => [
        `k${index}`,
        { type: 'string', maxLength: 100 },
      ]);
      return constrained({ json: { type: 'object', properties: Object.fromEntries(names) } });
    },
  },
  {
    id: 'schema-reference',
    sends: 'a JSON Schema with a `$ref` to a URL',
    vllm: fails('it is not fetched'),
    message: 'must point into the schema itself',
    watch: (target, fields) => watchCanary(target, () => target.chat(fields() as Record<string, unknown>)),
    fields: ({ canary }) => ({
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', schema: { $ref: `http://${canary.forbidden}/schema.json` } },
      },
    }),
  },
  {
    id: 'many-words',
    sends: '50,000 words to choose from',
    vllm: fails('made in 9 s, beside which others are answered'),
    message: 'the body holds more than 20000 values',
    fields: () => constrained({ choice: Array.from({ length: 50_000 }, (_, index) => `c${index}`) }),
  },
  {
    id: 'grammar',
    sends: 'a grammar of 2,000 ambiguous alternatives',
    vllm: fails('made in 0.3 s'),
    message: 'a grammar can be made to take the model server any time',
    fields: () => constrained({ grammar: `root ::= ${'("a" | "a") '.repeat(2_000)}` }),
  },
  {
    id: 'structural-tag',
    sends: 'a `structural_tag`',
    vllm: fails('made in 0.1 s'),
    message: 'must be "text", "json_object" or "json_schema", got "structural_tag"',
    fields: () => ({
      response_format: {
        type: 'structural_tag',
        structures: [{ begin: '<a', schema: { type: 'object' }, end: '>' }],
        triggers: ['<a'],
      },
    }),
  },
];

export const CONSTRAINT_ATTACKS: readonly Attack[] = CONSTRAINTS.map(
  ({ id, sends, advisories = [], vllm, message, watch = holdsUp, fields }): Attack => ({
    ...{ id, group: 'constraints', sends, advisories, bare: { simulator: NOT_COMPILED, vllm } },
    defence: refuse(400, message),
    run: (target) => watch(target, () => fields(target)),
  }),
);
