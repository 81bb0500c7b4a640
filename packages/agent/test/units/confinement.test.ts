import { readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findConfinementGaps } from '../../src/engine/confinement/find-confinement-gaps.ts';
import { confinedProcess, type ProcessFiles, procFolder, replace } from './confined-process.ts';

async function gapsOf(change: (files: ProcessFiles) => void): Promise<readonly string[]> {
  const files = confinedProcess();
  change(files);
  await using proc = await procFolder(files);
  // Awaited here: the folder goes at the end of this function.
  return await findConfinementGaps(7, proc.path);
}

/** Of everything, also of what tests run by root make; sockets are left out, which would be a gap more. */
function makeOwner(files: ProcessFiles, line: string, other: string): void {
  replace(files.status, line, other);
  files.sockets = {};
}

type Loosened = readonly [what: string, change: (files: ProcessFiles) => void, gap: string];

const LOOSENED: readonly Loosened[] = [
  [
    'the network of the machine',
    (p) => Object.assign(p, { network: 'net:[4026531840]' }),
    'it shares the network of this machine (PrivateNetwork)',
  ],
  [
    'another network with something in it',
    (p) => p.interfaces.push('eth0'),
    'its network has eth0 (JoinsNamespaceOf, NetworkNamespacePath)',
  ],
  ['user root', (p) => makeOwner(p, 'Uid:\t997\t997', 'Uid:\t0\t0'), 'it runs as root (User)'],
  [
    'root as a saved user',
    (p) => makeOwner(p, 'Uid:\t997\t997\t997', 'Uid:\t997\t997\t0'),
    'it runs as root (User)',
  ],
  [
    'the user of somebody else',
    (p) => replace(p.status, 'Uid:\t997', 'Uid:\t3456'),
    'it runs as ubuntu, and not as pixtral-engine (User)',
  ],
  ['group root', (p) => makeOwner(p, 'Gid:\t997', 'Gid:\t0'), 'its group is root (Group)'],
  [
    'more groups',
    (p) => replace(p.status, 'Groups:\t997', 'Groups:\t4 44 999 997 5000'),
    'it is in the groups adm, docker, 5000 (SupplementaryGroups)',
  ],
  ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(
    (set): Loosened => [
      `capabilities in ${set}`,
      (p) => replace(p.status, `${set}:\t0000000000000000`, `${set}:\t0000000000000400`),
      'it has capabilities (CapabilityBoundingSet, AmbientCapabilities)',
    ],
  ),
  [
    'a way to more rights',
    (p) => replace(p.status, 'NoNewPrivs:\t1', 'NoNewPrivs:\t0'),
    'it may gain rights (NoNewPrivileges)',
  ],
  [
    'all system calls',
    (p) => replace(p.status, 'Seccomp:\t2', 'Seccomp:\t0'),
    'its system calls are not filtered (SystemCallFilter)',
  ],
  [
    'a kernel that tells of no filter',
    (p) => replace(p.status, 'Seccomp:\t2', ''),
    'its system calls are not filtered (SystemCallFilter)',
  ],
  [
    'secrets',
    (p) => p.environ.push('AWS_SECRET_ACCESS_KEY=x', 'HF_TOKEN=y'),
    'its environment has AWS_SECRET_ACCESS_KEY, HF_TOKEN (Environment)',
  ],
  [
    'the way to credentials',
    (p) => p.environ.push('AWS_CONTAINER_CREDENTIALS_FULL_URI=x'),
    'its environment has AWS_CONTAINER_CREDENTIALS_FULL_URI (Environment)',
  ],
  [
    'a root that is writable',
    (p) => replace(p.mounts, '/ / ro,', '/ / rw,'),
    'it can write below / (ProtectSystem, ReadWritePaths)',
  ],
  [
    'a folder more',
    (p) => p.mounts.push('480 339 0:41 /srv /srv rw,nosuid - overlay machine rw'),
    'it can write below /srv (ProtectSystem, ReadWritePaths)',
  ],
  [
    'the disk',
    (p) => replace(p.mounts, '/opt/dlami/nvme ro,', '/opt/dlami/nvme rw,'),
    'it can write below /opt/dlami/nvme (ProtectSystem, ReadWritePaths)',
  ],
  [
    'control groups',
    (p) => replace(p.mounts, '/sys/fs/cgroup ro,', '/sys/fs/cgroup rw,'),
    'it can write below /sys/fs/cgroup (ProtectSystem, ReadWritePaths)',
  ],
  [
    'temporary folders of all',
    (p) => replace(p.mounts, '/systemd-private-81db-pixtral-engine.service-nvqh9I/tmp /tmp', '/tmp /tmp'),
    'it can write below /tmp (ProtectSystem, ReadWritePaths)',
  ],
  [
    'a writable mount above a read-only one',
    (p) => p.mounts.push('481 359 0:70 / /run rw,nosuid - tmpfs tmpfs rw'),
    'it can write below /run (ProtectSystem, ReadWritePaths)',
  ],
  [
    'the processes of others',
    (p) =>
      replace(
        p.mounts,
        '/ /proc rw,nosuid,nodev,noexec,relatime shared:114 - proc proc rw,hidepid=invisible',
        '/ /proc rw - proc proc rw',
      ),
    'it sees the processes of others (ProtectProc)',
  ],
  [
    'the config',
    (p) => Object.assign(p.folders, { '/etc/pixtral': 0o755 }),
    'it may look into /etc/pixtral (InaccessiblePaths)',
  ],
  [
    'the agent',
    (p) => Object.assign(p.folders, { '/opt/pixtral': 0o755 }),
    'it may look into /opt/pixtral (InaccessiblePaths)',
  ],
  ['homes', (p) => Object.assign(p.folders, { '/home': 0o755 }), 'it may look into /home (ProtectHome)'],
  [
    'D-Bus',
    (p) => Object.assign(p.folders, { '/run/dbus': 0o755 }),
    'it can connect to /run/dbus/system_bus_socket (TemporaryFileSystem)',
  ],
  [
    'a socket that everybody may use',
    (p) => Object.assign(p.sockets, { '/run/docker.sock': 0o666 }),
    'it can connect to /run/docker.sock (TemporaryFileSystem)',
  ],
  [
    'no table of mounts',
    (p) => p.mounts.splice(0),
    'it is not told what is mounted for it (/proc/PID/mountinfo)',
  ],
];

describe('what the kernel tells of a process', () => {
  it('is enough when it is confined in every way', async () => {
    expect(await gapsOf(() => undefined)).toEqual([]);
  });

  it.each(LOOSENED)('fails when it has %s', async (_, change, gap) => {
    expect(await gapsOf(change)).toEqual([gap]);
  });

  it('lets GPUs have their groups, and a home be there or not', async () => {
    const change = (files: ProcessFiles) => {
      replace(files.status, 'Groups:\t997', 'Groups:\t44 997');
      files.folders = { '/run/dbus': 0o700 };
    };
    expect(await gapsOf(change)).toEqual([]);
  });

  it('tells of everything at once', async () => {
    const change = (files: ProcessFiles) => {
      for (const loosen of [LOOSENED[0], LOOSENED.at(-2)]) loosen?.[1](files);
    };
    expect(await gapsOf(change)).toEqual([LOOSENED[0]?.[2], LOOSENED.at(-2)?.[2]]);
  });

  it('is nothing of a process that has ended', async () => {
    expect(await findConfinementGaps(2 ** 22 + 1)).toEqual([]);
    expect(await readlink('/proc/self/ns/net')).toMatch(/^net:/);
  });

  it('fails when a process that runs cannot be looked at', async () => {
    await using proc = await procFolder(confinedProcess());
    await rm(join(proc.path, '7', 'mountinfo'));
    await expect(findConfinementGaps(7, proc.path)).rejects.toThrow(/ENOENT.*mountinfo/);
    await writeFile(join(proc.path, '7', 'status'), 'State:\tZ (zombie)\n');
    expect(await findConfinementGaps(7, proc.path)).toEqual([]);
  });
});
