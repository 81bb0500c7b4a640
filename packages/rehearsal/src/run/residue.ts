import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A killed process has left within this time, unless the kernel holds it. */
const GONE_MS = 2_000;
const POLL_MS = 20;

/**
 * Ends at once whatever still works below a folder, and gives back what is mounted there: an agent that was killed leaves
 * its model server, which runs in a process group of its own, and its runtime's image. Does nothing where there is no
 * /proc (macOS): nothing is mounted there, and the simulator ends with its agent.
 */
export async function clearBelow(folder: string): Promise<void> {
  await killBelow(folder);
  // The innermost first; lazily, for those whose last process is about to leave.
  for (const mount of (await mountsBelow(folder)).toReversed()) await run('umount', ['--lazy', mount]);
}

/** Ends at once whatever still works below a folder. */
export async function killBelow(folder: string): Promise<void> {
  for (const pid of await processesBelow(folder)) kill(pid);
  const deadline = performance.now() + GONE_MS;
  while ((await processesBelow(folder)).length > 0 && performance.now() < deadline) await sleep(POLL_MS);
}

/** What still is below a folder, in words. */
export async function describeResidue(folder: string): Promise<readonly string[]> {
  const processes = await processesBelow(folder);
  const mounts = await mountsBelow(folder);
  return [
    ...processes.map((pid) => `process ${pid} still works below ${folder}`),
    ...mounts.map((mount) => `${mount} is still mounted`),
  ];
}

/** By their working folder: an instance's processes inherit it, whatever group or session they have moved to. */
async function processesBelow(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter((pid) => pid > 0);
  const found: number[] = [];
  for (const pid of pids) {
    // Ended meanwhile, a zombie, or somebody else's: none of them is ours to end.
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (pid !== process.pid && isBelow(cwd, folder)) found.push(pid);
  }
  return found;
}

async function mountsBelow(folder: string): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  return table
    .split('\n')
    .map((line) => readOctal(line.split(' ')[1] ?? ''))
    .filter((mount) => isBelow(mount, folder));
}

/** The kernel writes blanks in paths as `\\040` (proc(5), mounts). */
function readOctal(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: it has gone by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
