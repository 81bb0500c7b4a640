import { showProperties } from '../service-manager.ts';

/** What the kernel does not tell of a process, so that the service manager is asked what it was told to do. */
const EXPECTED = {
  SystemCallArchitectures: ['native', 'it may call the kernel as another architecture'],
  RestrictNamespaces: ['yes', 'it may make namespaces'],
  RestrictSUIDSGID: ['yes', 'it may make files that give rights'],
  LockPersonality: ['yes', 'it may change its personality'],
  DevicePolicy: ['closed', 'it may open devices'],
  KeyringMode: ['private', 'it shares keys of the kernel with others'],
} as const;

/** Some of `@privileged`, `@mount`, `@module`, `@reboot` and `@debug`: a list that has one of them is not the unit's. */
const FORBIDDEN_CALLS = [
  'bpf',
  'chroot',
  'init_module',
  'mount',
  'perf_event_open',
  'ptrace',
  'reboot',
  'setuid',
];

/** `ProtectClock` adds the clock, to be read. */
const DEVICES = /^(char-nvidia\S* rw|char-rtc r)$/;

const FAMILIES = ['AF_UNIX', 'AF_INET', 'AF_INET6', 'AF_NETLINK'];

export interface UnitGaps {
  readonly gaps: readonly string[];
  /** Files that change the unit. */
  readonly dropIns: readonly string[];
}

/** What a unit gives beyond what it should, by its properties as they are after all drop-ins. */
export async function findUnitGaps(unit: string): Promise<UnitGaps> {
  const shown = await showProperties(unit, [
    ...Object.keys(EXPECTED),
    ...['SystemCallFilter', 'RestrictAddressFamilies', 'DeviceAllow', 'DropInPaths'],
  ]);
  const words = (name: string) => (shown.get(name) ?? '').split(/\s+/).filter(Boolean);
  const gaps = Object.entries(EXPECTED)
    .filter(([name, [value]]) => shown.get(name) !== value)
    .map(([name, [, problem]]) => `${problem} (${name})`);
  const calls = words('SystemCallFilter');
  const tooMany = FORBIDDEN_CALLS.filter((call) => calls.includes(call));
  if (calls.length === 0 || calls[0]?.startsWith('~')) {
    gaps.push('its system calls are not limited to a list (SystemCallFilter)');
  } else if (tooMany.length > 0) gaps.push(`it may call ${tooMany.join(', ')} (SystemCallFilter)`);
  const families = words('RestrictAddressFamilies');
  if (families.length === 0 || families.some((family) => !FAMILIES.includes(family))) {
    gaps.push('it may use other sockets than of Unix and IP (RestrictAddressFamilies)');
  }
  const devices = (shown.get('DeviceAllow') ?? '').split('\n').filter(Boolean);
  const others = devices.filter((device) => !DEVICES.test(device));
  if (others.length > 0) gaps.push(`it may open ${others.join(', ')} (DeviceAllow)`);
  return { gaps, dropIns: words('DropInPaths') };
}
