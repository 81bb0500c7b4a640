import { createHash } from 'node:crypto';
import type { Usage } from '../../chat/chat-types.ts';
import { isRecord } from '../../errors/error-body.ts';
import type { ItemError } from '../batch-types.ts';

const VERSION = 1;

/** A finished item, as it is written. */
export interface CheckpointLine {
  readonly id: string;
  readonly ok: boolean;
  readonly answer?: unknown;
  readonly error?: ItemError;
  readonly usage?: Usage;
  readonly attempts: number;
  /** Digest of what is the item's own: the sizes of its pictures and its question. */
  readonly input: string;
}

/** The first line: what the batch is, so that no other is mixed into it. */
export interface CheckpointHeader {
  readonly pixtral_batch: typeof VERSION;
  readonly fingerprint: string;
  /** What the fingerprint is made of, for people. */
  readonly work: unknown;
}

export function makeHeader(work: unknown): CheckpointHeader {
  return { pixtral_batch: VERSION, fingerprint: digest(work), work };
}

/** 16 hexadecimal digits that are equal for equal JSON, whatever the order of its keys. */
export function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16);
}

export function formatLine(line: CheckpointLine | CheckpointHeader): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** @returns undefined for anything that is not a header */
export function parseHeader(text: string): CheckpointHeader | undefined {
  const value = parseJson(text);
  if (!isRecord(value) || value.pixtral_batch !== VERSION || typeof value.fingerprint !== 'string')
    return undefined;
  return { pixtral_batch: VERSION, fingerprint: value.fingerprint, work: value.work };
}

/** @returns undefined for anything that is not a finished item */
export function parseLine(text: string): CheckpointLine | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { id, ok, attempts, input } = value;
  const whole =
    typeof id === 'string' &&
    typeof ok === 'boolean' &&
    typeof attempts === 'number' &&
    typeof input === 'string' &&
    (ok ? 'answer' in value : isRecord(value.error) && typeof value.error.message === 'string');
  // Checked above as far as anybody relies on it.
  return whole ? (value as unknown as CheckpointLine) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, so neither header nor item: the caller says what that means.
    return undefined;
  }
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      isRecord(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  );
}
