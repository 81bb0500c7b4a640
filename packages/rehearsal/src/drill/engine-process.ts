import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/**
 * The model server below an instance's processes: the one that listens on the engine's socket.
 * `ps` rather than /proc, since the rehearsal also runs on macOS.
 */
export async function findEngineProcess(instancePid: number): Promise<number | undefined> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,command='], { maxBuffer: 16 * 1024 * 1024 });
  return selectEngine(parseProcesses(stdout), instancePid);
}

/** Rows of `ps -o pid=,ppid=,command=`. */
export function parseProcesses(printed: string): readonly ProcessRow[] {
  return printed.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }] : [];
  });
}

/** The descendant of `ancestor` whose command line serves on a Unix socket. */
export function selectEngine(rows: readonly ProcessRow[], ancestor: number): number | undefined {
  const parents = new Map(rows.map((row) => [row.pid, row.parent]));
  const descends = (pid: number): boolean => {
    for (
      let at = parents.get(pid), depth = 0;
      at !== undefined && at > 1 && depth < 32;
      at = parents.get(at), depth++
    ) {
      if (at === ancestor) return true;
    }
    return false;
  };
  return rows.find((row) => / serve .*--uds /.test(row.command) && descends(row.pid))?.pid;
}
