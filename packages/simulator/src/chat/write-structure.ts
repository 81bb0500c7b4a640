import { isRecord } from '../json.ts';
import type { Structure } from './chat-request.ts';

/** An answer that keeps to a structure. */
export interface StructuredText {
  readonly text: string;
  /** vLLM 0.32.0 fails on the way: its grammar rejects tokens of joined emoji (136, 414). */
  readonly fails: boolean;
}

/** Joins several characters into one picture. */
const JOINER = '\u200D';

/** The simplest text that fits, or what the model would have said if that fits. */
export function writeStructure(structure: Structure, said: string): StructuredText {
  switch (structure.kind) {
    case 'choice': {
      const text = structure.choices.find((choice) => choice === said) ?? structure.choices[0] ?? '';
      const joiner = text.indexOf(JOINER);
      if (joiner < 0) return { text, fails: false };
      // Up to the character before the joiner, which is a surrogate pair.
      return { text: text.slice(0, Math.max(0, joiner - 2)), fails: true };
    }
    case 'json':
      return {
        text: JSON.stringify(smallest(structure.schema, { root: structure.schema, said })),
        fails: false,
      };
    case 'regex':
      // What fits a regular expression is not made up; what the model says is kept when it fits.
      return { text: new RegExp(structure.regex, 'u').exec(said)?.[0] ?? said, fails: false };
  }
}

interface Answering {
  /** Where `$ref` leads into. */
  readonly root: unknown;
  readonly said: string;
}

/** The smallest value of a JSON schema: required properties, the choice that was said or the first, shortest lists. */
function smallest(schema: unknown, answering: Answering): unknown {
  if (!isRecord(schema)) return {};
  const { $ref, enum: choices, const: constant, anyOf, oneOf, allOf, type } = schema;
  if (typeof $ref === 'string') return smallest(resolve($ref, answering.root), answering);
  if (constant !== undefined) return constant;
  if (Array.isArray(choices)) return choices.find((choice) => isSaid(choice, answering.said)) ?? choices[0];
  for (const alternatives of [anyOf, oneOf, allOf]) {
    if (Array.isArray(alternatives)) return smallest(alternatives[0], answering);
  }
  switch (Array.isArray(type) ? type[0] : type) {
    case 'string':
      return ' '.repeat(Number(schema.minLength ?? 0));
    case 'integer':
    case 'number':
      return Number(schema.minimum ?? 0);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () => smallest(schema.items, answering));
    default:
      return smallestObject(schema, answering);
  }
}

function smallestObject(schema: Readonly<Record<string, unknown>>, answering: Answering): object {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  return Object.fromEntries(required.map((name) => [name, smallest(properties[name], answering)]));
}

/** As a word of its own. */
function isSaid(choice: unknown, said: string): boolean {
  return said
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .includes(String(choice).toLowerCase());
}

/** `#/$defs/Name`. */
function resolve(reference: string, root: unknown): unknown {
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), root);
}
