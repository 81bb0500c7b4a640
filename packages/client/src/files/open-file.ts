import { close, closeSync, constants, fstat, fstatSync, open, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * Milliseconds after which an access to a file was slow. Files are mostly in memory or on an SSD, where to open one and to
 * read 192 KiB of it takes less time than to hand that to another thread and to be told of its end: a third of the
 * processor time of a picture of 1 MiB went there. So they are accessed at once, until an access was slow.
 */
const SLOW_MS = 20;

/** Milliseconds for which all accesses are then left to other threads, so that a slow disk stops the process for no more than one access in this time. */
const WARY_MS = 10_000;

/** A pipe without a writer must not stop the process; of no meaning for a file, and unknown to Windows. */
const READ_ONLY: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const openLater = promisify(open);
const closeLater = promisify(close);
const statLater = promisify(fstat);

/** Whether files are quick here: one for the process. */
export class FileAccess {
  readonly #now: () => number;
  #waryUntil = Number.NEGATIVE_INFINITY;

  /** @param now a clock in milliseconds. @default performance.now */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Does the one when files have been quick, else the other. */
  either<Result>(atOnce: () => Result, later: () => Promise<Result>): Result | Promise<Result> {
    const started = this.#now();
    if (started < this.#waryUntil) return later();
    try {
      return atOnce();
    } finally {
      const ended = this.#now();
      if (ended - started > SLOW_MS) this.#waryUntil = ended + WARY_MS;
    }
  }
}

const shared = new FileAccess();

/** A file that is being read. Its methods throw Node's own errors. */
export class OpenFile implements AsyncDisposable {
  readonly #descriptor: number;

  readonly #access: FileAccess;

  private constructor(descriptor: number, access: FileAccess) {
    this.#descriptor = descriptor;
    this.#access = access;
  }

  static async open(path: string, access: FileAccess = shared): Promise<OpenFile> {
    const descriptor = await access.either(
      () => openSync(path, READ_ONLY),
      () => openLater(path, READ_ONLY),
    );
    return new OpenFile(descriptor, access);
  }

  /** Bytes. */
  async size(): Promise<number> {
    const stats = await this.#access.either(
      () => fstatSync(this.#descriptor),
      () => statLater(this.#descriptor),
    );
    return stats.size;
  }

  /** Reads at most `length` bytes at `position` to `offset` of the buffer. @returns how many; 0 at the end of the file */
  read(buffer: Buffer, offset: number, length: number, position: number): number | Promise<number> {
    return this.#access.either(
      () => readSync(this.#descriptor, buffer, offset, length, position),
      () =>
        new Promise<number>((resolve, reject) => {
          read(this.#descriptor, buffer, offset, length, position, (error, count) =>
            error ? reject(error) : resolve(count),
          );
        }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#access.either(
      () => closeSync(this.#descriptor),
      () => closeLater(this.#descriptor),
    );
  }
}
