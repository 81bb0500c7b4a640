import { type LogLine, parseRecord } from './log-line.ts';

/** Milliseconds of those requests that had such a time. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly most: number;
}

/** What the lines of ended requests say together: the JSON of `pixtral logs --summary --json`. */
export interface RequestSummary {
  readonly requests: number;
  /** By HTTP status; `none` for clients that had gone before there was one. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Why admission sent requests away. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Clients that did not wait for the end. */
  readonly clientsLeft: number;
  /** From the headers to the first token of a stream, to a place at the model server, to the end. */
  readonly firstToken: Spread | undefined;
  readonly place: Spread | undefined;
  readonly total: Spread | undefined;
  readonly images: number;
  readonly imageTokens: number;
  readonly answerTokens: number;
  /** By name of the API key, those that asked most first. */
  readonly keys: readonly KeySummary[];
  readonly instances: readonly string[];
}

export interface KeySummary {
  readonly name: string;
  readonly requests: number;
  /** Answered with 429. */
  readonly refused: number;
  readonly imageTokens: number;
  readonly answerTokens: number;
}

/** The message of the gateway's line of a request. */
const ENDED = 'request ended';

type Fields = Readonly<Record<string, unknown>>;

/** Adds up the lines of ended requests among these; all others are passed over. Pure. */
export function summariseRequests(lines: readonly LogLine[]): RequestSummary {
  const ended = lines.flatMap(({ text, stream }) => {
    const record = parseRecord(text);
    return record?.msg === ENDED ? [{ ...record, stream } as Fields & { readonly stream: string }] : [];
  });
  return {
    requests: ended.length,
    statuses: countBy(ended, ({ status }) => (typeof status === 'number' ? String(status) : 'none')),
    refusals: countBy(ended, ({ refused }) => (typeof refused === 'string' ? refused : undefined)),
    clientsLeft: ended.filter(({ clientLeft }) => clientLeft === true).length,
    firstToken: spreadOf(ended, 'firstTokenMs'),
    place: spreadOf(ended, 'sentMs'),
    total: spreadOf(ended, 'totalMs'),
    images: sumOf(ended, 'images'),
    imageTokens: sumOf(ended, 'imageTokens'),
    answerTokens: sumOf(ended, 'answerTokens'),
    keys: keysOf(ended),
    instances: [...new Set(ended.map(({ stream }) => stream.split('/', 1)[0] ?? ''))].toSorted(),
  };
}

function keysOf(ended: readonly Fields[]): readonly KeySummary[] {
  const byName = Map.groupBy(ended, ({ key }) => (typeof key === 'string' ? key : '(none)'));
  return [...byName]
    .map(([name, own]) => ({
      name,
      requests: own.length,
      refused: own.filter(({ status }) => status === 429).length,
      imageTokens: sumOf(own, 'imageTokens'),
      answerTokens: sumOf(own, 'answerTokens'),
    }))
    .toSorted((one, other) => other.requests - one.requests || one.name.localeCompare(other.name));
}

function countBy(
  ended: readonly Fields[],
  nameOf: (fields: Fields) => string | undefined,
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const fields of ended) {
    const name = nameOf(fields);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([one], [other]) => one.localeCompare(other)));
}

function spreadOf(ended: readonly Fields[], field: string): Spread | undefined {
  const values = numbersOf(ended, field).toSorted((a, b) => a - b);
  const at = (part: number) => values[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
  return values.length === 0 ? undefined : { count: values.length, p50: at(0.5), p95: at(0.95), most: at(1) };
}

function sumOf(ended: readonly Fields[], field: string): number {
  return numbersOf(ended, field).reduce((sum, value) => sum + value, 0);
}

function numbersOf(ended: readonly Fields[], field: string): readonly number[] {
  return ended.flatMap((fields) => {
    const value = fields[field];
    return typeof value === 'number' ? [value] : [];
  });
}
