import { type BootTest, refusal, startAndReport } from './boot-test.ts';

const AGENT = 'pixtral-agent.service';
const DROP_INS = '/etc/systemd/system/pixtral-engine.service.d';
const DROP_IN = `${DROP_INS}/weak.conf`;

/** Each of these implies that nothing is gained by a new program, whatever NoNewPrivileges says (systemd.exec(5)). */
const IMPLIES_NO_NEW_PRIVILEGES = [
  ...['RestrictSUIDSGID=no', 'SystemCallFilter=', 'SystemCallArchitectures=', 'RestrictAddressFamilies='],
  ...['RestrictNamespaces=no', 'RestrictRealtime=no', 'LockPersonality=no', 'ProtectClock=no'],
  ...['ProtectHostname=no', 'ProtectKernelLogs=no', 'ProtectKernelModules=no', 'ProtectKernelTunables=no'],
];

/** What a drop-in says, and with which words the agent must refuse it. */
const WEAKNESSES: readonly (readonly [lines: readonly string[], words: string])[] = [
  [['PrivateNetwork=no'], 'it shares the network of this machine (PrivateNetwork)'],
  [['ProtectSystem=no'], 'it can write below /, /opt/dlami/nvme, '],
  [['ReadWritePaths=/var/lib/pixtral/model'], 'it can write below /var/lib/pixtral/model '],
  [['NoNewPrivileges=no', ...IMPLIES_NO_NEW_PRIVILEGES], 'it may gain rights (NoNewPrivileges)'],
  [['AmbientCapabilities=CAP_NET_ADMIN', 'CapabilityBoundingSet=CAP_NET_ADMIN'], 'it has capabilities'],
  [['User=root', 'Group=root'], 'it runs as root (User)'],
  [['SupplementaryGroups=adm video'], 'it is in the groups adm (SupplementaryGroups)'],
  [['InaccessiblePaths='], 'it may look into /etc/pixtral (InaccessiblePaths)'],
  [['ProtectProc=default'], 'it sees the processes of others (ProtectProc)'],
  [['PrivateTmp=no', 'ReadWritePaths=/tmp'], 'it can write below /tmp '],
  [['TemporaryFileSystem=', 'BindPaths=', 'BindReadOnlyPaths='], '/run/dbus/system_bus_socket'],
  [['SystemCallFilter='], 'its system calls are not limited to a list (SystemCallFilter)'],
  [['RestrictNamespaces=no'], 'it may make namespaces (RestrictNamespaces)'],
  [['DeviceAllow=/dev/loop0 rw'], 'it may open /dev/loop0 rw (DeviceAllow)'],
];

/** As many as tell that it looks, at kernel and file systems both. */
const IN_SHORT = 2;

/** The model server's unit, loosened in one way after the other: the agent must see each, say which it is, and not serve. */
export async function checkWeakUnits(test: BootTest, options: { readonly short: boolean }): Promise<void> {
  for (const [lines, words] of options.short ? WEAKNESSES.slice(0, IN_SHORT) : WEAKNESSES) {
    const name = `a unit that is loosened (${lines.slice(0, 2).join(', ')}): the agent refuses to serve`;
    await test.checks.run('confinement', name, async () => {
      const reason = await refusalWith(test, lines);
      if (!reason.includes(words)) throw new Error(`refused otherwise: ${reason}`);
      if (!reason.includes(DROP_IN)) throw new Error(`it does not say where: ${reason}`);
      return reason;
    });
  }
}

async function refusalWith(test: BootTest, lines: readonly string[]): Promise<string> {
  const { machine } = test.instance;
  await machine.must('systemctl', 'stop', AGENT);
  await machine.must('mkdir', '-p', DROP_INS);
  const text = ['[Service]', ...lines, ''].join('\\n');
  await machine.must('bash', '-c', `printf '${text}' >${DROP_IN}`);
  await machine.must('systemctl', 'daemon-reload');
  try {
    return refusal(await startAndReport(test));
  } finally {
    await machine.must('systemctl', 'stop', AGENT);
    await machine.must('rm', DROP_IN);
    await machine.must('systemctl', 'daemon-reload');
  }
}
