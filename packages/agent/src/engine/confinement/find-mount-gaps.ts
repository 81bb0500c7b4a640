import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Mount, parseMountTable, visibleMounts } from './mount-table.ts';

/** What the unit makes for it: where its Unix socket is, and its home. */
const OWN_FOLDERS = ['/run/pixtral-engine', '/var/lib/pixtral/engine-home'];

/** Temporary folders of its own, which systemd makes below a folder of such a name. */
const TEMPORARY_FOLDERS = ['/tmp', '/var/tmp'];
const PRIVATE = /\/systemd-private-[^/]+\//;

/** The kernel's own, in which a process without rights writes to itself at most. */
const KERNEL_TYPES = ['proc', 'devpts', 'devtmpfs', 'mqueue', 'hugetlbfs', 'autofs', 'binfmt_misc', 'nsfs'];

/** Which it has no business to look into. `ProtectHome` hides the last two. */
const HIDDEN = {
  '/etc/pixtral': 'InaccessiblePaths',
  '/opt/pixtral': 'InaccessiblePaths',
  '/home': 'ProtectHome',
  '/root': 'ProtectHome',
};

/** How `hidepid` is told of, by kernels since 5.8 and before. */
const HIDES_PROCESSES = ['hidepid=invisible', 'hidepid=2'];

/** What a process can write to and look into. */
export async function findMountGaps(folder: string): Promise<readonly string[]> {
  const table = parseMountTable(await readFile(join(folder, 'mountinfo'), 'utf8'));
  const mounts = visibleMounts(table);
  if (mounts.length === 0) return ['it is not told what is mounted for it (/proc/PID/mountinfo)'];
  const writable = mounts.filter((mount) => !mayWrite(mount)).map(({ path }) => path);
  const processes = mounts.find(({ path, type }) => path === '/proc' && type === 'proc');
  const gaps = (await Promise.all(Object.entries(HIDDEN).map((each) => lookInto(folder, ...each)))).flat();
  if (writable.length > 0)
    gaps.push(`it can write below ${writable.join(', ')} (ProtectSystem, ReadWritePaths)`);
  if (!processes?.options.some((option) => HIDES_PROCESSES.includes(option))) {
    gaps.push('it sees the processes of others (ProtectProc)');
  }
  return gaps;
}

function mayWrite({ path, root, type, writable }: Mount): boolean {
  if (!writable || KERNEL_TYPES.includes(type)) return true;
  // Devices are guarded by their own list, and by their modes.
  if (path === '/dev' || path.startsWith('/dev/')) return true;
  return OWN_FOLDERS.includes(path) || (TEMPORARY_FOLDERS.includes(path) && PRIVATE.test(`${root}/`));
}

async function lookInto(folder: string, path: string, option: string): Promise<string[]> {
  try {
    const { mode } = await stat(join(folder, 'root', path));
    // What is hidden has an empty folder above it, that nobody may use.
    return (mode & 0o777) === 0 ? [] : [`it may look into ${path} (${option})`];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
