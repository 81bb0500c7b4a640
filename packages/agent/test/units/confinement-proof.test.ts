import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findUnitGaps } from '../../src/engine/confinement/find-unit-gaps.ts';
import { proveConfinement } from '../../src/engine/confinement/prove-confinement.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { confinedProcess, procFolder, replace } from './confined-process.ts';

afterEach(() => vi.unstubAllEnvs());

/** As `systemctl show` of systemd 252 tells of the real unit (the list of calls is shortened). */
const PROPERTIES = [
  ...['DevicePolicy=closed', 'DeviceAllow=char-rtc r', 'DeviceAllow=char-nvidia* rw'],
  ...['SystemCallFilter=_llseek accept accept4 write writev', 'SystemCallArchitectures=native'],
  ...['LockPersonality=yes', 'RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX'],
  ...['RestrictSUIDSGID=yes', 'RestrictNamespaces=yes', 'KeyringMode=private', 'DropInPaths='],
];

/** A systemctl that shows these. */
async function withProperties<T>(lines: readonly string[], work: (folder: string) => Promise<T>): Promise<T> {
  await using folder = await temporaryFolder();
  const programs = join(folder.path, 'bin');
  await mkdir(programs);
  await writeFile(join(programs, 'shown'), `${lines.join('\n')}\n`);
  await writeFile(join(programs, 'systemctl'), `#!/bin/sh\nexec cat "$(dirname "$0")/shown"\n`);
  await chmod(join(programs, 'systemctl'), 0o755);
  vi.stubEnv('PATH', [programs, process.env.PATH].join(delimiter));
  return await work(folder.path);
}

describe('what the service manager was told', () => {
  it('is enough when it is the unit’s own', async () => {
    expect(await withProperties(PROPERTIES, () => findUnitGaps('u'))).toEqual({ gaps: [], dropIns: [] });
  });

  it.each([
    [
      'SystemCallArchitectures=native',
      'SystemCallArchitectures=',
      'it may call the kernel as another architecture (SystemCallArchitectures)',
    ],
    ['RestrictNamespaces=yes', 'RestrictNamespaces=net user', 'it may make namespaces (RestrictNamespaces)'],
    ['RestrictSUIDSGID=yes', 'RestrictSUIDSGID=no', 'it may make files that give rights (RestrictSUIDSGID)'],
    ['LockPersonality=yes', 'LockPersonality=no', 'it may change its personality (LockPersonality)'],
    ['KeyringMode=private', 'KeyringMode=inherit', 'it shares keys of the kernel with others (KeyringMode)'],
    ['DevicePolicy=closed', 'DevicePolicy=auto', 'it may open devices (DevicePolicy)'],
    ['DeviceAllow=char-rtc r', 'DeviceAllow=/dev/nvme0n1 rw', 'it may open /dev/nvme0n1 rw (DeviceAllow)'],
    [
      'SystemCallFilter=_llseek',
      'SystemCallFilter=~_llseek',
      'its system calls are not limited to a list (SystemCallFilter)',
    ],
    [
      'SystemCallFilter=_llseek accept accept4 write writev',
      'SystemCallFilter=',
      'its system calls are not limited to a list (SystemCallFilter)',
    ],
    ['SystemCallFilter=_llseek', 'SystemCallFilter=bpf mount', 'it may call bpf, mount (SystemCallFilter)'],
    [
      'RestrictAddressFamilies=AF_INET',
      'RestrictAddressFamilies=AF_INET AF_PACKET',
      'it may use other sockets than of Unix and IP (RestrictAddressFamilies)',
    ],
    [
      'RestrictAddressFamilies=AF_INET',
      'RestrictAddressFamilies=~AF_INET',
      'it may use other sockets than of Unix and IP (RestrictAddressFamilies)',
    ],
    [
      'RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX',
      'RestrictAddressFamilies=',
      'it may use other sockets than of Unix and IP (RestrictAddressFamilies)',
    ],
  ])('fails when %s is %s', async (line, other, gap) => {
    const lines = [...PROPERTIES];
    replace(lines, line, other);
    expect((await withProperties(lines, () => findUnitGaps('u'))).gaps).toEqual([gap]);
  });
});

describe('the refusal', () => {
  it('says what is open by kernel and manager, and which file to take away', async () => {
    const files = confinedProcess();
    files.network = 'net:[4026531840]';
    await using proc = await procFolder(files);
    const lines = PROPERTIES.map((line) =>
      line === 'DropInPaths='
        ? 'DropInPaths=/etc/systemd/system/e.service.d/weak.conf'
        : line.replace('private', 'shared'),
    );
    const proof = withProperties(lines, () => proveConfinement('e.service', 7, proc.path));
    await expect(proof).rejects.toThrow(
      new Error(
        'the model server is not confined as e.service says: it shares the network of this machine (PrivateNetwork); it shares keys of the kernel with others (KeyringMode). The unit is changed by /etc/systemd/system/e.service.d/weak.conf: take that away, then "systemctl daemon-reload"',
      ),
    );
  });

  it('without a change of the unit, looks for the cause in the machine', async () => {
    const files = confinedProcess();
    files.interfaces.push('eth0');
    await using proc = await procFolder(files);
    const proof = withProperties(PROPERTIES, () => proveConfinement('e.service', 7, proc.path));
    await expect(proof).rejects.toThrow(
      new Error(
        'the model server is not confined as e.service says: its network has eth0 (JoinsNamespaceOf, NetworkNamespacePath). No drop-in changes the unit: either its file is another one, or this machine does not give it what it asks for ("journalctl -u e.service" tells)',
      ),
    );
  });
});
