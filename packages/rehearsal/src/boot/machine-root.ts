import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUILDING, removeInterruptedBuilds } from '../run/interrupted-builds.ts';
import { NoMachineError } from './no-machine.ts';

const run = promisify(execFile);

/**
 * What AWS's image has and the machine uses; the last one is named since debootstrap finds no virtual packages. Without a
 * compiler, and so without libatomic1: Node must run all the same.
 */
const PACKAGES = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'udev',
  'cloud-init',
  'curl',
  'ca-certificates',
  'iproute2',
  'procps',
  'python3-cffi-backend',
] as const;

/** A minute from an archive nearby. */
const DEBOOTSTRAP_MS = 600_000;

const KIND = 'boot-root-';
const MARKER = join('etc', 'pixtral-boot-root');

/**
 * The root folder of a Debian machine, made by debootstrap once and kept in the cache; nothing ever writes into it. The
 * release and the archive are those of this machine's own apt.
 * @throws NoMachineError with the last line of debootstrap's log
 */
export async function prepareMachineRoot(options: {
  readonly cacheDirectory: string;
  readonly signal: AbortSignal;
  readonly onNote: (note: string) => void;
}): Promise<{ readonly folder: string; readonly suite: string }> {
  const { cacheDirectory, signal, onNote } = options;
  const { suite, mirror } = await findArchive();
  const key = createHash('sha256')
    .update(JSON.stringify([suite, PACKAGES]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cacheDirectory, `${KIND}${key}`);
  if (existsSync(join(folder, MARKER))) return { folder, suite };
  onNote(`making a Debian root (${suite}, once, about a minute)`);
  await mkdir(cacheDirectory, { recursive: true });
  await removeInterruptedBuilds(cacheDirectory);
  for (const name of await readdir(cacheDirectory)) {
    if (name.startsWith(KIND)) await rm(join(cacheDirectory, name), { recursive: true, force: true });
  }
  const building = await mkdtemp(join(cacheDirectory, `${BUILDING}${process.pid}-`));
  try {
    await debootstrap(
      ['--variant=minbase', `--include=${PACKAGES.join(',')}`, suite, building, mirror],
      signal,
    ).catch(async (error: unknown) => {
      signal.throwIfAborted();
      throw new NoMachineError(`debootstrap failed: ${await lastWords(building, error)}`, { cause: error });
    });
    // Of no use to what never installs anything, and a third of the size.
    for (const path of ['var/cache/apt/archives', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale']) {
      await rm(join(building, path), { recursive: true, force: true });
    }
    await writeFile(join(building, MARKER), `${suite}\n`);
    // debootstrap wants nobody else to look into it meanwhile; a machine's root is everybody's.
    await run('chmod', ['755', building]);
    await rename(building, folder);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return { folder, suite };
}

/** In namespaces of its own: it mounts file systems below the folder, which go with it whenever it ends. */
async function debootstrap(args: readonly string[], signal: AbortSignal): Promise<void> {
  const apart = [
    '--mount',
    '--propagation',
    'private',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '--',
  ];
  await run('unshare', [...apart, 'debootstrap', ...args], {
    signal,
    // unshare waits for its child, whatever it is told.
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024 * 1024,
    timeout: DEBOOTSTRAP_MS,
  });
}

async function lastWords(building: string, error: unknown): Promise<string> {
  const log = await readFile(join(building, 'debootstrap', 'debootstrap.log'), 'utf8').catch(() => '');
  const [line] = log.trim().split('\n').slice(-1);
  return line || (error instanceof Error ? error.message : String(error));
}

/** @throws NoMachineError where apt's sources name no archive of a Debian release */
async function findArchive(): Promise<{ readonly suite: string; readonly mirror: string }> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
  const mirror = suite && findMirror(await readSources(), suite);
  if (!suite || !mirror || !/^ID=debian$/m.test(release)) {
    throw new NoMachineError(
      'the sources of apt (/etc/apt) name no archive of this release of Debian, from which a machine could be made',
    );
  }
  return { suite, mirror };
}

async function readSources(): Promise<string> {
  const parts = await readdir('/etc/apt/sources.list.d').catch(() => []);
  const files = ['/etc/apt/sources.list', ...parts.map((name) => join('/etc/apt/sources.list.d', name))];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.join('\n\n');
}

/** The first archive of a suite in apt's sources, of one line each (`deb URI SUITE …`) or in paragraphs (`URIs:`, `Suites:`). */
export function findMirror(sources: string, suite: string): string | undefined {
  for (const paragraph of sources.split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}:\\s*(.+)$`, 'mi').exec(paragraph)?.[1]?.split(/\s+/);
    const [uri] = field('URIs') ?? [];
    if (uri && field('Suites')?.includes(suite)) return uri;
    for (const line of paragraph.split('\n')) {
      const [, url, named] = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line) ?? [];
      if (url && named === suite) return url;
    }
  }
  return undefined;
}
