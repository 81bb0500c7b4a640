// Plain JavaScript for Node 18 and later. Whether this machine can boot another one (systemd-nspawn); on Debian what is
// missing is installed by apt-get.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** Programs, and the packages of Debian that have them. */
const TOOLS = {
  'systemd-nspawn': 'systemd-container',
  debootstrap: 'debootstrap',
  mksquashfs: 'squashfs-tools',
  'mkfs.ext4': 'e2fsprogs',
  ip: 'iproute2',
  nsenter: 'util-linux',
};

/** An archive that sends nothing for so long will not send the rest. */
const APT_MS = 300_000;

/** Namespaces of its own; what it has started ends with it. */
export const APART = [
  ...['--net', '--mount', '--propagation', 'private'],
  ...['--pid', '--fork', '--kill-child', '--mount-proc', '--'],
];

const GROUP = 'pixtral-boot-';

/** Why no machine can be booted here; undefined when one can, as far as can be told without booting it. */
export function whyNoMachine() {
  return whyNotHere() ?? whyNoGroups() ?? installTools() ?? whyNoNamespaces();
}

/**
 * The control group that the test runs in, which its machines divide among themselves, and all folders of that name: where
 * control groups of version 1 are mounted too, systemd-nspawn makes some in theirs.
 */
export function controlGroup() {
  const name = `${GROUP}${process.pid}`;
  return {
    group: join(groupsOfVersion2(), name),
    folders: hierarchies().map(({ path }) => join(path, name)),
  };
}

/** Removes the control groups that killed tests have left. */
export function removeOldGroups() {
  for (const { path } of hierarchies()) {
    const left = readdirSync(path).filter((name) => name.startsWith(GROUP));
    const over = left.filter((name) => !existsSync(join('/proc', name.slice(GROUP.length))));
    for (const name of over)
      spawnSync('find', [join(path, name), '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+']);
  }
}

function whyNotHere() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `instances run on Linux x64, and this is ${process.platform} ${process.arch}`;
  }
  if (process.getuid() !== 0) return 'that takes root: run it as root, in a machine or container of its own';
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release)) return 'this is not Debian, whose packages the machine is made of';
  if (!existsSync('/dev/loop-control')) {
    return 'there are no loop devices (/dev/loop-control), which mount images';
  }
  return undefined;
}

function whyNoGroups() {
  const top = groupsOfVersion2();
  if (top === undefined) return 'no control groups of version 2 are mounted';
  const probe = join(top, `pixtral-probe-${process.pid}`);
  try {
    mkdirSync(probe);
  } catch (error) {
    return `no control group can be made in ${top} (${error.code})`;
  }
  const { status, stderr } = sh(`echo 0 >'${probe}/cgroup.procs'`);
  rmdirSync(probe);
  return status === 0 ? undefined : `no process can be moved into a control group: ${lastLine(stderr)}`;
}

/** Why the tools cannot be had; undefined when they are there, or there now. */
function installTools() {
  const missing = Object.entries(TOOLS).filter(([tool]) => sh(`command -v ${tool}`).status !== 0);
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map(([, name]) => name))];
  console.log(`installing ${packages.join(', ')} (apt-get)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: APT_MS });
  // Lists that are too old name packages that have gone.
  apt('-qq', 'update');
  const { status, stderr } = apt('-qq', '-y', 'install', '--no-install-recommends', ...packages);
  if (status === 0) return undefined;
  return `${missing.map(([tool]) => tool).join(', ')} cannot be installed: ${lastLine(stderr)}`;
}

function whyNoNamespaces() {
  const probe = ['ip link set lo up', 'ip link add probe0 type bridge', 'ip link set probe0 up'].join(' && ');
  const { status, stderr } = spawnSync('unshare', [...APART, 'sh', '-c', probe], { encoding: 'utf8' });
  return status === 0 ? undefined : `namespaces and bridges cannot be made here: ${lastLine(stderr)}`;
}

function groupsOfVersion2() {
  return hierarchies().find(({ type }) => type === 'cgroup2')?.path;
}

function hierarchies() {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  return mounts.map(([, path, type]) => ({ path, type })).filter(({ type }) => /^cgroup2?$/.test(type ?? ''));
}

function sh(script) {
  return spawnSync('sh', ['-c', script], { encoding: 'utf8' });
}

function lastLine(text) {
  return (text ?? '').trim().split('\n').at(-1) || 'no message';
}
