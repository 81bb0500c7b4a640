import { setTimeout as sleep } from 'node:timers/promises';
import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { DiskError, explainDisk } from './disk-error.ts';
import { FileMismatchError } from './file-mismatch-error.ts';
import type { ManifestFile } from './manifest.ts';
import type { ByteRange, Outcome } from './transfer/orders.ts';
import type { PartPace } from './transfer/part-pace.ts';
import type { PartWorkers } from './transfer/part-workers.ts';
import { sendSigned } from './transfer/sign-get.ts';
import type { TransferLimits } from './transfer/transfer-limits.ts';

export interface PartOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly file: ManifestFile;
  /** Of the part, counted from 0. */
  readonly index: number;
  readonly range: ByteRange;
  readonly sha256: string;
  /** Of the file, open for writing. */
  readonly fd: number;
  readonly workers: PartWorkers;
  readonly pace: PartPace;
  readonly limits: TransferLimits;
  readonly signal: AbortSignal;
}

/** Of connections that break or fall silent. */
const ATTEMPTS = 4;

/** A part that is slow three times has no faster way to come. */
const SLOW_ATTEMPTS = 2;

/** S3 cannot answer now. */
class BusyError extends Error {}

/** The part would take too long on this connection. */
class SlowError extends Error {}

/**
 * Writes one part of a file to its place, hashed on the way. What breaks, stalls or is slow beside the others is fetched
 * again, and so is, once, what has another hash: it may have been damaged on the way.
 * @throws FileMismatchError when what the bucket holds is not what the manifest says; DiskError; Error otherwise.
 */
export async function fetchPart(options: PartOptions): Promise<void> {
  const { signal, limits } = options;
  const beganAt = performance.now();
  const count = { broken: 0, slow: 0, wrong: 0, busy: 0 };
  for (;;) {
    try {
      await readPart(options, count.slow < SLOW_ATTEMPTS);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SlowError) {
        count.slow++;
        continue;
      }
      if (error instanceof FileMismatchError && error.what === 'SHA-256') {
        if (++count.wrong === 2) throw error;
        continue;
      }
      if (isFinal(error)) throw error;
      const isBusy = error instanceof BusyError;
      const failures = isBusy ? ++count.busy : ++count.broken;
      if (isBusy ? performance.now() - beganAt >= limits.busyMs : failures === ATTEMPTS) {
        throw describeFailure(error, failures, options);
      }
      const pause = Math.min(limits.longestPauseMs, limits.firstPauseMs * 2 ** (failures - 1));
      // All parts are told to slow down at the same time, and should not come back at the same time.
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }
}

async function readPart(options: PartOptions, mayBeSlow: boolean): Promise<void> {
  const { pace, range, limits, file, signal } = options;
  const bytes = range.end - range.start + 1;
  const slow = new AbortController();
  const beganAt = performance.now();
  // Looked at again and again: what is slow is known by the others, and the first parts of all have none before them.
  const timer = setInterval(() => {
    const slowAfterMs = mayBeSlow ? pace.slowAfterMs(bytes) : undefined;
    if (slowAfterMs !== undefined && performance.now() - beganAt > slowAfterMs) slow.abort(new SlowError());
  }, limits.slowMs / 4);
  let outcome: Outcome | undefined;
  try {
    const either = AbortSignal.any([signal, slow.signal]);
    await sendSigned({ ...options, signal: either }, async (request) => {
      const { connectMs, silenceMs } = limits;
      outcome = await options.workers.run(
        { kind: 'receive', request, range, objectBytes: file.size, fd: options.fd, connectMs, silenceMs },
        either,
      );
      if (outcome.kind === 'status' && outcome.status >= 500) {
        throw new BusyError(`S3 answered with status ${outcome.status}`);
      }
      return outcome.kind !== 'status';
    });
  } catch (error) {
    throw slow.signal.aborted ? slow.signal.reason : explainAnswer(error, options);
  } finally {
    clearInterval(timer);
  }
  checkOutcome(outcome, options);
  pace.arrived(bytes, performance.now() - beganAt);
}

function checkOutcome(outcome: Outcome | undefined, options: PartOptions): void {
  const { file, sha256, range } = options;
  const where = locate(options);
  switch (outcome?.kind) {
    case 'hashed':
      if (outcome.sha256 === sha256) return;
      throw new FileMismatchError({ ...where, what: 'SHA-256', expected: sha256, got: outcome.sha256 });
    case 'other-object':
      throw new FileMismatchError({
        path: file.path,
        what: 'size',
        expected: `${file.size} bytes`,
        got: `${outcome.objectBytes} bytes`,
      });
    case 'other-length':
      throw new FileMismatchError({
        ...where,
        what: 'size',
        expected: `${range.end - range.start + 1} bytes`,
        got: `${outcome.bytes} bytes`,
      });
    case 'failed':
      throw explainDisk(Object.assign(new Error(outcome.message), { code: outcome.code }), file);
    default:
      throw new Error(`a part was left without an outcome: ${outcome?.kind}`);
  }
}

/** What S3's own errors mean for a file. */
function explainAnswer(error: unknown, options: PartOptions): unknown {
  const { file, range } = options;
  if (!(error instanceof S3ServiceException)) return error;
  const size = { what: 'size', expected: `${file.size} bytes` } as const;
  if (error.name === 'NoSuchKey') {
    return new FileMismatchError({
      ...size,
      path: file.path,
      got: 'nothing: the bucket has no such object',
    });
  }
  if (error.name === 'InvalidRange') {
    return new FileMismatchError({ ...size, ...locate(options), got: `at most ${range.start}` });
  }
  return error;
}

function isFinal(error: unknown): boolean {
  return (
    error instanceof FileMismatchError ||
    error instanceof DiskError ||
    // Answered, and asked again by the SDK where that makes sense.
    error instanceof S3ServiceException
  );
}

function describeFailure(error: unknown, failures: number, options: PartOptions): Error {
  const { part, parts, range } = locate(options);
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(
    `${options.file.path}, part ${part} of ${parts} (bytes ${range.start}-${range.end}) could not be read in ${failures} ${failures === 1 ? 'attempt' : 'attempts'}: ${reason}`,
    { cause: error },
  );
}

function locate({ file, index, range }: PartOptions) {
  return { path: file.path, part: index + 1, parts: file.parts.length, range };
}
