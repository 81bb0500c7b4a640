import { ApiError } from '../errors/errors.ts';
import type { BatchResult, ItemError } from './batch-types.ts';
import type { CheckpointLine } from './checkpoint/checkpoint-line.ts';

type Answered<Value> = Extract<BatchResult<Value>, { readonly ok: true }>;
type Failed = Extract<BatchResult, { readonly ok: false }>;

/** An error as plain data. */
export function describeItemError(error: unknown): ItemError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message } = error;
  return error instanceof ApiError ? { name, message, status: error.status } : { name, message };
}

export function formatItem(result: BatchResult<unknown>, input: string): CheckpointLine {
  const { id, ok, attempts, usage } = result;
  const outcome = result.ok ? { answer: result.answer ?? null } : { error: result.error };
  return { id, ok, ...outcome, ...(usage ? { usage } : {}), attempts, input };
}

/** What a line says about an item, whose answer is what this work's function once returned. */
export function parseItem<Value>(
  line: CheckpointLine,
): Omit<Answered<Value>, 'index' | 'item' | 'resumed'> | Omit<Failed, 'index' | 'item' | 'resumed'> {
  const { id, attempts, usage, answer, error = { name: 'Error', message: 'unknown' } } = line;
  const common = { id, attempts, usage };
  // The fingerprint has shown that the line is of the same work.
  return line.ok
    ? { ...common, ok: true as const, answer: answer as Value }
    : { ...common, ok: false as const, error };
}
