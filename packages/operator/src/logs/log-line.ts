import { levelOf, nameOfLevel } from './log-level.ts';

/** One line of a log group. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Such as `i-0abc/agent`. */
  readonly stream: string;
  readonly text: string;
}

/** Fields that the columns show already, or that are the same in every line. */
const SHOWN: ReadonlySet<string> = new Set([
  'level',
  'time',
  'msg',
  'message',
  'pid',
  'hostname',
  'instanceId',
  'timestamp',
]);

/**
 * One line for a terminal: time in UTC, stream, level, message, and whatever else a JSON line holds as `key=value`.
 * Lines that are no JSON (of the model server, of a build) stay as they are.
 */
export function formatLogLine({ at, stream, text }: LogLine): string {
  const time = new Date(at).toISOString().slice(11, 23);
  const record = parseRecord(text);
  if (!record) return `${time}  ${stream}  ${text.trimEnd()}`;
  const level = nameOfLevel(levelOf(text, record));
  const message = [record.msg, record.message].find((value) => typeof value === 'string') ?? '';
  const rest = Object.entries(record)
    .filter(([key]) => !SHOWN.has(key))
    .map(([key, value]) => `${key}=${formatValue(value)}`);
  return [time, ` ${stream}`, ` ${level.padEnd(5)}`, message, ...rest]
    .filter((part) => part !== '')
    .join(' ');
}

/** The fields of a JSON line, or undefined for any other line. */
export function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Begins like JSON and is none: shown as it is.
    return undefined;
  }
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message);
  return JSON.stringify(value) ?? '';
}
