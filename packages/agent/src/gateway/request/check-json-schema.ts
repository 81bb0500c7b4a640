import { isRecord } from '../is-record.ts';
import { checkRegex } from './check-regex.ts';
import { integer, refuse, requireRecord } from './rules.ts';

/** Objects and lists inside each other; vLLM 0.32 takes 64, and its cost grows steeply with them. */
const DEEPEST_SCHEMA = 32;

/** Schemas, lists and values in one schema. */
const MOST_NODES = 2_000;

/** Each is unrolled into the grammar. */
const MOST_REPETITIONS = 10_000;

const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'];
const checkCount = integer(0, MOST_REPETITIONS);

/** Keywords whose value is data, and those whose value holds schemas by names that are not keywords. */
const DATA = new Set(['const', 'enum', 'default', 'examples']);
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

type Kind = 'schema' | 'named' | 'data';

/**
 * A JSON Schema that the engine can make a grammar of in bounded time.
 * @param maxBytes of its JSON
 */
export function checkJsonSchema(schema: unknown, at: string, maxBytes: number): void {
  const bytes = Buffer.byteLength(JSON.stringify(requireRecord(schema, at)));
  if (bytes > maxBytes) refuse(at, `must have at most ${maxBytes} bytes of JSON, got ${bytes}`);
  let nodes = 0;
  const waiting: { value: unknown; path: string; depth: number; kind: Kind }[] = [
    { value: schema, path: at, depth: 1, kind: 'schema' },
  ];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { value, path, depth, kind } = node;
    if (++nodes > MOST_NODES) refuse(at, `must have at most ${MOST_NODES} parts`);
    if (typeof value !== 'object' || value === null) continue;
    if (depth > DEEPEST_SCHEMA) refuse(at, `must nest at most ${DEEPEST_SCHEMA} levels deep`);
    const isList = Array.isArray(value);
    if (kind === 'schema' && isRecord(value)) checkKeywords(value, path);
    for (const [key, child] of Object.entries(value)) {
      waiting.push({
        value: child,
        path: isList ? `${path}[${key}]` : `${path}.${key.slice(0, 64)}`,
        depth: depth + 1,
        kind: isList ? kind : kindOf(key, kind),
      });
    }
  }
}

function kindOf(key: string, around: Kind): Kind {
  if (around === 'data') return 'data';
  if (around === 'named') return 'schema';
  if (DATA.has(key)) return 'data';
  return NAMED.has(key) ? 'named' : 'schema';
}

function checkKeywords(schema: Readonly<Record<string, unknown>>, at: string): void {
  for (const keyword of ['$ref', '$dynamicRef']) {
    const target = schema[keyword];
    if (typeof target === 'string' && !target.startsWith('#')) {
      refuse(
        `${at}.${keyword}`,
        `must point into the schema itself, such as "#/$defs/name": nothing is fetched`,
      );
    }
  }
  if (typeof schema.pattern === 'string') checkRegex(schema.pattern, `${at}.pattern`);
  if (isRecord(schema.patternProperties)) {
    for (const pattern of Object.keys(schema.patternProperties))
      checkRegex(pattern, `${at}.patternProperties`);
  }
  for (const keyword of COUNTS) {
    if (typeof schema[keyword] === 'number') checkCount(schema[keyword], `${at}.${keyword}`);
  }
}
