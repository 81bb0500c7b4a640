import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProcessStatus } from './process-status.ts';

/** `__SO_ACCEPTCON` of the kernel: somebody listens. */
const LISTENS = 0x10000;

/** `SOCK_DGRAM`: takes messages without listening. */
const DATAGRAMS = 2;

/**
 * Programs of this machine that a process could talk to by a Unix socket: no network is asked for that. By D-Bus it would
 * have systemd-resolved ask name servers for it, which is a way out.
 */
export async function findSocketGaps(
  folder: string,
  self: string,
  status: ProcessStatus,
): Promise<readonly string[]> {
  const paths = new Set(parseSockets(await readFile(join(self, 'net', 'unix'), 'utf8')));
  const reached = await Promise.all(
    [...paths].map(async (path) => ((await mayConnect(folder, path, status)) ? [path] : [])),
  );
  const found = reached.flat();
  return found.length > 0 ? [`it can connect to ${found.join(', ')} (TemporaryFileSystem)`] : [];
}

/** Paths of `/proc/net/unix` that wait for somebody: `Num RefCount Protocol Flags Type St Inode Path`. */
function parseSockets(table: string): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const [, , , flags = '', type = '', , , ...path] = line.trim().split(/\s+/);
    const waits = (Number.parseInt(flags, 16) & LISTENS) !== 0 || Number.parseInt(type, 16) === DATAGRAMS;
    const name = path.join(' ');
    // Others have no name, or an abstract one, which is known in its own network alone.
    return waits && name.startsWith('/') ? [name] : [];
  });
}

/** By the modes on the way, as the kernel looks at them. */
async function mayConnect(folder: string, path: string, status: ProcessStatus): Promise<boolean> {
  const root = join(folder, 'root');
  for (let parent = dirname(path); parent !== '/'; parent = dirname(parent)) {
    if (!(await allows(join(root, parent), 0o1, status))) return false;
  }
  return allows(join(root, path), 0o2, status);
}

async function allows(path: string, right: number, status: ProcessStatus): Promise<boolean> {
  const { mode, uid, gid } = await stat(path).catch(() => ({ mode: 0, uid: -1, gid: -1 }));
  if (status.uids.includes(uid)) return ((mode >> 6) & right) !== 0;
  if ([...status.gids, ...status.groups].includes(gid)) return ((mode >> 3) & right) !== 0;
  return (mode & right) !== 0;
}
