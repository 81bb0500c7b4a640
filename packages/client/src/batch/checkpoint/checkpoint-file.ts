import { type FileHandle, open } from 'node:fs/promises';
import { CheckpointError } from '../batch-errors.ts';
import { type CheckpointLine, formatLine, makeHeader, parseLine } from './checkpoint-line.ts';
import { CheckpointLock } from './checkpoint-lock.ts';
import { type Place, recover } from './recover.ts';

/**
 * The finished items of a batch, a line of JSON each, only ever added to. Answers stay in the file, their places in
 * memory.
 *
 * A line is there whole or not at all: what a killed process or a full disk left of one is cut off. Not synced to the
 * disk line by line: what a power failure takes is asked again.
 */
export class CheckpointFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #lock: CheckpointLock;
  readonly #places: Map<string, Place>;
  #end: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    path: string,
    init: {
      readonly file: FileHandle;
      readonly lock: CheckpointLock;
      readonly places: Map<string, Place>;
      readonly end: number;
    },
  ) {
    this.#path = path;
    this.#file = init.file;
    this.#lock = init.lock;
    this.#places = init.places;
    this.#end = init.end;
  }

  /**
   * Opens the file, or makes it.
   * @param work JSON of all that makes answers comparable: question, model, options
   * @throws CheckpointError when it is no checkpoint, that of other work, damaged, or in use
   */
  static async open(path: string, work: unknown): Promise<CheckpointFile> {
    // Appending whatever the position: what was written can never be written over.
    const file = await open(path, 'a+').catch((error: unknown) => {
      throw new CheckpointError('io', path, `cannot be opened: ${reason(error)}`, error);
    });
    let lock: CheckpointLock | undefined;
    try {
      lock = await CheckpointLock.take(await file.stat());
      if (!lock) {
        throw new CheckpointError(
          'locked',
          path,
          'another batch is writing it; wait for that one, or give this one a file of its own',
        );
      }
      const { places, end, missing } = await recover(path, file, makeHeader(work));
      await file.truncate(end);
      const checkpoint = new CheckpointFile(path, { file, lock, places, end });
      if (missing) await checkpoint.#write(missing);
      return checkpoint;
    } catch (error) {
      await lock?.release();
      await file.close();
      throw error;
    }
  }

  /** The line of an item with the same input, if it is finished. */
  async find(id: string, input: string): Promise<CheckpointLine | undefined> {
    const place = this.#places.get(id);
    if (place?.input !== input) return undefined;
    const bytes = Buffer.alloc(place.length);
    await this.#file.read(bytes, 0, place.length, place.offset);
    return parseLine(bytes.toString('utf8'));
  }

  /** Resolves when the line is in the file. @throws CheckpointError when it could not be written; none of it is left then */
  append(line: CheckpointLine): Promise<void> {
    const bytes = formatLine(line);
    const written = this.#writing.then(async () => {
      const offset = this.#end;
      await this.#write(bytes);
      this.#places.set(line.id, { offset, length: bytes.length - 1, ok: line.ok, input: line.input });
    });
    // Whoever appended a line is told that it failed; those after it are tried all the same.
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Waits for lines on their way, puts all on the disk, and lets go of the lock. */
  async close(): Promise<void> {
    await this.#writing;
    try {
      await this.#file.datasync();
    } finally {
      await this.#file.close();
      await this.#lock.release();
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await this.#file.write(bytes, done)).bytesWritten;
      }
      this.#end += bytes.length;
    } catch (error) {
      // On a full disk, too, a file can be made shorter.
      await this.#file.truncate(this.#end);
      throw new CheckpointError(
        'io',
        this.#path,
        `cannot be written: ${reason(error)}; all lines before are kept: mend that and start again`,
        error,
      );
    }
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ENOSPC' ? 'the disk is full' : error.message;
}
