// `npm run test:boot`: the real units on a really booted machine, see docs/boot.md. Linux, as root.
//   --short   leaves out what another check shows as well; what `npm test` runs
//   --write   writes docs/boot.md when everything passed
// Leaves with code 77 and the reason where no machine can be booted. On Debian it installs what is missing by apt-get.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { modernNode, repositoryRoot, setUp } from './setup.mjs';

const SKIPPED = 77;

/** Programs, and the packages of Debian that have them. */
const TOOLS = {
  'systemd-nspawn': 'systemd-container',
  debootstrap: 'debootstrap',
  mksquashfs: 'squashfs-tools',
  'mkfs.ext4': 'e2fsprogs',
  ip: 'iproute2',
  nsenter: 'util-linux',
};

/** Namespaces of its own; what it has started ends with it. */
const APART = [
  '--net',
  '--mount',
  '--propagation',
  'private',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  '--',
];

const main = join(repositoryRoot, 'packages', 'rehearsal', 'src', 'boot', 'main.ts');

const whyNot = whyNoMachine() ?? installTools() ?? whyNoNamespaces();
if (whyNot) {
  console.log(`SKIPPED: no machine was booted, because ${whyNot}`);
  process.exit(SKIPPED);
}
setUp();
// With the network of this machine: it asks package registries.
const prepared = run(modernNode, [main, 'prepare']);
if (prepared !== 0) process.exit(prepared);
process.exit(runApart([main, 'run', ...process.argv.slice(2)]));

function whyNoMachine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `instances run on Linux x64, and this is ${process.platform} ${process.arch}`;
  }
  if (process.getuid() !== 0) return 'that takes root: run it as root, in a machine or container of its own';
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release)) return 'this is not Debian, whose packages the machine is made of';
  if (controlGroups() === undefined) return 'no control groups of version 2 are mounted';
  if (!existsSync('/dev/loop-control'))
    return 'there are no loop devices (/dev/loop-control), which mount images';
  return undefined;
}

/** Why the tools cannot be had; undefined when they are there, or there now. */
function installTools() {
  const missing = Object.entries(TOOLS).filter(([tool]) => !isThere(tool));
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map(([, name]) => name))];
  console.log(`installing ${packages.join(', ')} (apt-get)`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { env: environment, encoding: 'utf8' });
  // Lists that are too old name packages that have gone.
  apt('-qq', 'update');
  const { status, stderr } = apt('-qq', '-y', 'install', '--no-install-recommends', ...packages);
  if (status === 0) return undefined;
  return `${missing.map(([tool]) => tool).join(', ')} cannot be installed: ${lastLine(stderr ?? '')}`;
}

function whyNoNamespaces() {
  const probe = ['ip link set lo up', 'ip link add probe0 type bridge', 'ip link set probe0 up'].join(' && ');
  const { status, stderr } = spawnSync('unshare', [...APART, 'sh', '-c', probe], { encoding: 'utf8' });
  return status === 0 ? undefined : `namespaces and bridges cannot be made here: ${lastLine(stderr)}`;
}

/** In a control group of its own too, which the machines divide among themselves. */
function runApart(args) {
  const group = join(controlGroups(), `pixtral-boot-${process.pid}`);
  mkdirSync(group);
  try {
    const enter = `echo 0 >'${join(group, 'cgroup.procs')}' && exec "$@"`;
    return run('sh', ['-c', enter, 'sh', 'unshare', ...APART, modernNode, ...args]);
  } finally {
    removeGroup(group);
  }
}

function removeGroup(group) {
  // Inner ones first; what still holds one is told by the error.
  const { stdout } = spawnSync('find', [group, '-depth', '-type', 'd'], { encoding: 'utf8' });
  for (const folder of stdout.split('\n').filter(Boolean)) rmdirSync(folder);
}

function controlGroups() {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.map((line) => line.split(' ')).find(([, , type]) => type === 'cgroup2')?.[1];
}

function isThere(tool) {
  return spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) || 'no message';
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: repositoryRoot, stdio: 'inherit' });
  if (error) throw error;
  // Ended by a signal.
  return status ?? 130;
}
