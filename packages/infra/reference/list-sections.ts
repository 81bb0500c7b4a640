import type { DocumentedInterface, DocumentedProperty } from './read-interfaces.ts';
import { objectIn, type SchemaNode } from './read-schema.ts';

/** An option as interface and schema describe it together. */
export interface Option extends DocumentedProperty {
  /** From the config's root; an empty step stands for an item of a list. */
  readonly path: readonly string[];
  readonly schema: SchemaNode;
}

/** The options of one interface. */
export interface Section {
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly Option[];
  /** Options that only one side knows; empty when both agree. */
  readonly disagreements: readonly string[];
}

/** The interface named in a property's type. */
const NAMED_TYPE = /\b[A-Z]\w+\b/;

/** The root's options first, then each section before the sections inside it. */
export function listSections(
  interfaces: ReadonlyMap<string, DocumentedInterface>,
  schema: SchemaNode,
  root = 'PixtralConfig',
): readonly Section[] {
  const walk = (name: string, path: readonly string[], node: SchemaNode): readonly Section[] => {
    const { description, properties } = requireInterface(interfaces, name);
    const known = node.properties ?? {};
    const options = properties.flatMap((property) => {
      const option = known[property.name];
      return option ? [{ ...property, path: [...path, property.name], schema: option }] : [];
    });
    const inner = options.flatMap((option) => {
      const type = NAMED_TYPE.exec(option.type)?.[0];
      const object = objectIn(option.schema);
      if (!type || !object || !interfaces.has(type)) return [];
      return walk(type, option.schema.items ? [...option.path, ''] : option.path, object);
    });
    return [{ path, description, options, disagreements: disagree(name, properties, node) }, ...inner];
  };
  return walk(root, [], schema);
}

function requireInterface(interfaces: ReadonlyMap<string, DocumentedInterface>, name: string) {
  const found = interfaces.get(name);
  if (found) return found;
  throw new Error(`src/config has no interface ${name}: has it been renamed?`);
}

function disagree(
  name: string,
  properties: readonly DocumentedProperty[],
  schema: SchemaNode,
): readonly string[] {
  const known = Object.keys(schema.properties ?? {});
  const documented = properties.map((property) => property.name);
  return [
    ...documented
      .filter((option) => !known.includes(option))
      .map((option) => `${option} is not in the schema`),
    ...known
      .filter((option) => !documented.includes(option))
      .map((option) => `${option} is not in the interface`),
    ...properties
      .filter(({ name: option, optional }) => optional === (schema.required ?? []).includes(option))
      .map((option) => `${option.name} is required on one side only`),
  ].map((problem) => `${name}: ${problem}`);
}
