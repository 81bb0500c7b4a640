import { AbortError, PixtralError } from '../errors/errors.ts';

/** Why a batch as a whole cannot go on. */
export type BatchStopReason =
  /** The server refuses all items alike: a wrong key, an unknown model, a wrong path. */
  | 'refused'
  /** Nothing answers, or nothing has had capacity for as long as all attempts took. */
  | 'unavailable'
  /** The first items all failed with the same error, and none succeeded. */
  | 'all-alike';

/** The batch was given up for a reason that concerns all items; those without a result are asked by the next run. */
export class BatchStoppedError extends PixtralError {
  override readonly name = 'BatchStoppedError' as const;
  readonly reason: BatchStopReason;

  constructor(reason: BatchStopReason, message: string, cause: unknown) {
    super(message, { cause, retryable: reason === 'unavailable' });
    this.reason = reason;
  }
}

/** @param count attempts of one item, or items, by the reason */
export function stopError(reason: BatchStopReason, cause: unknown, count: number): BatchStoppedError {
  const what = {
    refused: 'all items will be refused alike',
    unavailable: `nothing was answered in ${count} attempts`,
    'all-alike': `the first ${count} items all failed alike`,
  }[reason];
  return new BatchStoppedError(reason, `${what}: ${cause instanceof Error ? cause.message : cause}`, cause);
}

/** What is wrong with a checkpoint file; nothing that was written in it is lost. */
export type CheckpointProblem =
  /** It is not a checkpoint. */
  | 'foreign'
  /** It belongs to another question, model or set of options. */
  | 'other-run'
  /** Another process is writing it. */
  | 'locked'
  /** A line before the last cannot be read. */
  | 'damaged'
  /** It cannot be opened or written: a missing folder, permissions, a full disk. */
  | 'io';

/** The checkpoint file cannot be used. */
export class CheckpointError extends PixtralError {
  override readonly name = 'CheckpointError' as const;
  readonly problem: CheckpointProblem;
  readonly path: string;

  constructor(problem: CheckpointProblem, path: string, message: string, cause?: unknown) {
    super(`checkpoint ${path}: ${message}`, cause === undefined ? {} : { cause });
    this.problem = problem;
    this.path = path;
  }
}

/** Why a batch ended that somebody ended. */
export function abortError(how: 'aborted' | 'stopped', signal: AbortSignal | undefined): AbortError {
  return new AbortError(`the batch was ${how}`, { cause: signal?.reason });
}
