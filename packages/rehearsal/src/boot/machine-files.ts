import { randomBytes } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GATEWAY } from './private-network.ts';

/** As many images can be mounted at a time; the numbers are the kernel's, which all machines of it share. */
const LOOP_DEVICES = 64;

/** Which Debian leaves disabled. */
const ENABLED = [
  ['multi-user.target', 'systemd-networkd.service'],
  ['network-online.target', 'systemd-networkd-wait-online.service'],
] as const;

/**
 * What makes a Debian root a machine of this network. On EC2 all of it comes with the image or from the hypervisor, but
 * for one thing: the variables that lead AWS's SDKs, and the user data, to the emulated AWS.
 */
export async function writeMachineFiles(
  root: string,
  machine: {
    readonly name: string;
    readonly address: string;
    readonly environment: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const variables = Object.entries(machine.environment).map(([name, value]) => `"${name}=${value}"`);
  const files: Readonly<Record<string, readonly string[]>> = {
    'etc/hostname': [machine.name],
    // Nobody answers there, which is known at once; the root brought the name servers of the machine it was made on.
    'etc/resolv.conf': ['nameserver 127.0.0.1'],
    'etc/hosts': ['127.0.0.1 localhost', `127.0.1.1 ${machine.name}`],
    'etc/machine-id': [randomBytes(16).toString('hex')],
    'etc/systemd/system.conf.d/90-boot-test.conf': [
      '[Manager]',
      `DefaultEnvironment=${variables.join(' ')}`,
      // At its end a machine waits so long for programs that were brought into it from outside; units have their own times.
      'DefaultTimeoutStopSec=10s',
    ],
    // The journal is what a console would show, so that it is in the log of the test.
    'etc/systemd/journald.conf.d/90-boot-test.conf': [
      ...['[Journal]', 'Storage=persistent', 'ForwardToConsole=yes', 'MaxLevelConsole=info', 'LineMax=1M'],
      // In the log of a machine that is asked to fail again and again no line may be missing.
      'RateLimitBurst=0',
    ],
    'etc/systemd/network/10-host0.network': [
      ...['[Match]', 'Name=host0', '[Network]', `Address=${machine.address}/24`, `Gateway=${GATEWAY}`],
      ...['LinkLocalAddressing=no', 'IPv6AcceptRA=no'],
    ],
    'etc/cloud/cloud.cfg.d/90-boot-test.cfg': [
      'datasource_list: [Ec2]',
      // No hypervisor tells this machine that it is one of EC2.
      'datasource: {Ec2: {strict_id: false}}',
      'network: {config: disabled}',
      // As in AWS's image; Debian's default would have to be generated.
      'locale: C.UTF-8',
    ],
    'etc/tmpfiles.d/loop-devices.conf': [
      'c! /dev/loop-control 0660 root disk - 10:237',
      ...Array.from({ length: LOOP_DEVICES }, (_, at) => `b! /dev/loop${at} 0660 root disk - 7:${at}`),
    ],
  };
  for (const [path, lines] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${lines.join('\n')}\n`);
  }
  for (const [target, service] of ENABLED) {
    const wants = join(root, 'etc/systemd/system', `${target}.wants`);
    await mkdir(wants, { recursive: true });
    await symlink(`/lib/systemd/system/${service}`, join(wants, service));
  }
}
