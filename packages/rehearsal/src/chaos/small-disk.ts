import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Holds model and runtime of a rehearsal, 21 MB, and leaves some room. */
const DISK_MIB = 96;

const FILLER = 'filler';
const BLOCK_BYTES = 1024 * 1024;

/** A file system in memory that is small enough to be filled. Takes root. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async mount(folder: string): Promise<SmallDisk> {
    await mkdir(folder, { recursive: true });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder]);
    return new SmallDisk(folder);
  }

  /** Until not another byte goes onto it. */
  async fill(): Promise<void> {
    const file = await open(join(this.folder, FILLER), 'w');
    try {
      for (let bytes = BLOCK_BYTES; bytes >= 1; ) {
        try {
          await file.write(Buffer.alloc(bytes));
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
          bytes = Math.floor(bytes / 2);
        }
      }
    } finally {
      await file.close();
    }
  }

  async empty(): Promise<void> {
    await rm(join(this.folder, FILLER), { force: true });
  }
}
