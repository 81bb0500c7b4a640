import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What is built in the cache lies there under this name, its process's number and a random end, until it is whole. */
export const BUILDING = 'building-';

/** Removes what builds left in the cache whose process has gone. */
export async function removeInterruptedBuilds(cacheDirectory: string): Promise<void> {
  for (const name of await readdir(cacheDirectory)) {
    const pid = Number(/^building-(\d+)-/.exec(name)?.[1] ?? process.pid);
    if (!runs(pid)) await rm(join(cacheDirectory, name), { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
