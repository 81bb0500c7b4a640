import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of `/proc/PID/status` (proc(5)). */
export interface ProcessStatus {
  /** Real, effective, saved, and of the file system. */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  /** Supplementary groups; its own one may be among them. */
  readonly groups: readonly number[];
  /** By their names: `CapEff`, `NoNewPrivs`, … */
  readonly fields: ReadonlyMap<string, string>;
}

/** @param folder the process's, below `/proc` */
export async function readProcessStatus(folder: string): Promise<ProcessStatus> {
  const text = await readFile(join(folder, 'status'), 'utf8');
  const fields = new Map(
    text.split('\n').map((line) => {
      const [name = '', value = ''] = line.split(':', 2);
      return [name, value.trim()];
    }),
  );
  const numbers = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter(Boolean).map(Number);
  return { uids: numbers('Uid'), gids: numbers('Gid'), groups: numbers('Groups'), fields };
}
