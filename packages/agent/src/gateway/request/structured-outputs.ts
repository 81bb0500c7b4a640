import type { RequestLimits } from '../../config/instance-config.ts';
import { checkJsonSchema } from './check-json-schema.ts';
import { checkRegex } from './check-regex.ts';
import {
  boolean,
  listOf,
  mustBe,
  oneOf,
  only,
  orNull,
  type Rule,
  refuse,
  refused,
  requireRecord,
  shape,
  text,
} from './rules.ts';

const KINDS = ['json', 'regex', 'choice', 'grammar', 'json_object'] as const;

/** The two ways of constraining an answer: OpenAI's `response_format` and vLLM's `structured_outputs`. */
export function structuredOutputs(limits: RequestLimits): Readonly<Record<string, Rule>> {
  const schema: Rule = (value, at) => checkJsonSchema(value, at, limits.maxSchemaBytes);
  const jsonSchema = shape(
    {
      name: text(1, 64),
      description: orNull(text(0, 1_024)),
      schema: orNull(schema),
      strict: orNull(boolean),
    },
    { required: ['name'] },
  );
  const constraints = shape({
    json: orNull(schema),
    regex: orNull(regex),
    choice: orNull(listOf(text(1, 512), 1, 256)),
    grammar: limits.grammars
      ? orNull(text(1, limits.maxSchemaBytes))
      : refused('a grammar can be made to take the model server any time; use json, regex or choice'),
    json_object: orNull(only(true, 'leave it out instead')),
    structural_tag: refused('use json, regex or choice'),
    disable_any_whitespace: boolean,
    disable_additional_properties: boolean,
    whitespace_pattern: orNull(regex),
  });
  return {
    response_format: orNull((value, at) => {
      const format = requireRecord(value, at);
      oneOf('text', 'json_object', 'json_schema')(format.type, `${at}.type`);
      if (format.type === 'json_schema' && (format.json_schema ?? null) === null) {
        refuse(`${at}.json_schema`, 'is missing');
      }
      shape({ type: () => undefined, json_schema: orNull(jsonSchema) })(format, at);
    }),
    structured_outputs: orNull((value, at) => {
      const given = requireRecord(value, at);
      constraints(given, at);
      const kinds = KINDS.filter((kind) => (given[kind] ?? null) !== null);
      if (kinds.length !== 1) {
        refuse(at, `must have exactly one of ${KINDS.join(', ')}, got ${kinds.join(' and ') || 'none'}`);
      }
    }),
  };
}

const regex: Rule = (value, at) => {
  if (typeof value !== 'string') mustBe(at, 'a string', value);
  checkRegex(value, at);
};
