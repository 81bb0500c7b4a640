import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A process of a model server, as the kernel tells. */
export interface EngineProcessState {
  readonly pid: number;
  readonly name: string;
  /** Its threads by name, state (as `ps` shows it) and kernel function that they wait in: `12 VLLM::EngineCor S futex_do_wait`. */
  readonly threads: readonly string[];
}

/**
 * A process and all that it started, the youngest generation first. The process alone where there is no `/proc`.
 * @param proc where the kernel tells; a test's folder
 */
export async function listDescendants(pid: number, proc = '/proc'): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir(proc).catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readText(join(proc, name, 'stat'));
    // After the name in brackets, which may hold anything: state, parent.
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent > 0) parents.set(Number(name), parent);
  }
  const found = [pid];
  // Grows while it is gone through.
  for (const each of found) {
    for (const [child, parent] of parents) if (parent === each) found.push(child);
  }
  return found.reverse();
}

/** What the threads of a process do; undefined when it has ended. Says no more than the kernel tells without a debugger. */
export async function readThreads(pid: number, proc = '/proc'): Promise<EngineProcessState | undefined> {
  const folder = join(proc, String(pid), 'task');
  const name = await readText(join(proc, String(pid), 'comm'));
  if (name === undefined) return undefined;
  const counts = new Map<string, number>();
  for (const thread of await readdir(folder).catch(() => [])) {
    const [comm, status, wchan] = await Promise.all(
      ['comm', 'status', 'wchan'].map((file) => readText(join(folder, thread, file))),
    );
    const state = /^State:\s+(\S)/m.exec(status ?? '')?.[1];
    if (comm === undefined || state === undefined) continue;
    const line = `${comm.trim()} ${state}${wchan && wchan !== '0' ? ` ${wchan.trim()}` : ''}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const threads = [...counts].map(([line, count]) => `${count} ${line}`);
  return { pid, name: name.trim(), threads };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // It has ended meanwhile, or the kernel does not tell this user.
    return undefined;
  }
}
