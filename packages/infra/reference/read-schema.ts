import { z } from 'zod';
import { configSchema } from '../src/config/config-schema.ts';

/** What the schema says of an option: the part of JSON Schema that the config uses. */
export interface SchemaNode {
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** The schema of the whole config, as somebody may write it. */
export function readSchema(): SchemaNode {
  return z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
}

/** Configs that give no more than they must, resolved: one for each mode that has defaults of its own. */
export function resolveLeast(): readonly unknown[] {
  const existing = { mode: 'existing', vpcId: 'vpc-0123456789abcdef0' };
  return [{}, { network: existing }].map((config) => configSchema.parse(config));
}

/** The options of an object, or of the objects in a list; undefined when the node holds neither. */
export function objectIn(node: SchemaNode): SchemaNode | undefined {
  if (node.properties) return node;
  const inner = [...(node.items ? [node.items] : []), ...(node.anyOf ?? [])];
  return inner.map(objectIn).find((found) => found !== undefined);
}

/** No option may be one of these. */
const IMPOSSIBLE = { string: '\u0000', number: -0.5 };

/**
 * What the config says when an option has an impossible value: its own words tell better than a pattern what is allowed.
 * @param path of the option, such as `['network', 'cidr']`; an empty step stands for the first item of a list
 */
export function askWhatIsAllowed(path: readonly string[], type: keyof typeof IMPOSSIBLE): readonly string[] {
  const result = configSchema.safeParse(nest(path, IMPOSSIBLE[type]));
  const asked = path.map((step) => (step === '' ? '0' : step)).join('.');
  const issues = result.error?.issues.filter((issue) => issue.path.join('.') === asked) ?? [];
  return issues.map(({ message }) => message);
}

function nest([head, ...rest]: readonly string[], value: unknown): unknown {
  if (head === undefined) return value;
  return head === '' ? [nest(rest, value)] : { [head]: nest(rest, value) };
}
