import { isRecord } from '../json.ts';

/** A number as Python prints a float. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** A text as Python's `repr`. */
export function pythonRepr(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

/** How pydantic shortens what it got: the first 25 and the last 24 characters (recorded 236). */
export function shortened(repr: string): string {
  return repr.length > 50 ? `${repr.slice(0, 25)}...${repr.slice(-24)}` : repr;
}

/** How vLLM shows what it got in a list of validation errors. */
export function shownInput(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  if (Array.isArray(value)) return `<list of ${value.length} items>`;
  if (isRecord(value)) return `<dict of ${Object.keys(value).length} items>`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** JSON as Python's `json.dumps` writes it: with a space after commas and colons. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`);
  return `{${items.join(', ')}}`;
}
