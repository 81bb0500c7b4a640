import { spawnSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';

const SCRIPT = fileURLToPath(new URL('../../assets/prepare-storage.sh', import.meta.url));

const NVME = 'Amazon EC2 NVMe Instance Storage';
const ROOT_DISK = '/dev/nvme0n1 Amazon Elastic Block Store';

/** What the programs of the system say and do on this machine, as shell. */
interface Machine {
  /** Lines of `lsblk`: disks with their models. */
  readonly disks?: readonly string[];
  /** Disks that are mounted somewhere. */
  readonly mountedDisks?: readonly string[];
  /** Folders on which something is mounted. */
  readonly mountpoints?: readonly string[];
  /** Device that has the label of an earlier boot. */
  readonly labelled?: string;
  /** Programs that fail. */
  readonly broken?: readonly string[];
  /** Programs that are not installed. */
  readonly missing?: readonly string[];
}

/** Runs the script with nothing on its PATH but these; returns what it did to the machine, and what it said. */
async function prepare(machine: Machine) {
  await using temporary = await temporaryFolder();
  const bin = join(temporary.path, 'bin');
  const calls = join(temporary.path, 'calls');
  const folder = join(temporary.path, 'state');
  await mkdir(bin);
  await writeFile(calls, '');
  const program = async (name: string, body: string) => {
    if (machine.missing?.includes(name)) return;
    const fails = machine.broken?.includes(name) ? 'exit 32' : body;
    await writeFile(join(bin, name), `#!/bin/bash\n${fails}\n`, { mode: 0o755 });
  };
  const noted = (name: string, body = '') => program(name, `echo "${name} $*" >>'${calls}'\n${body}`);
  const list = (lines: readonly string[] = []) => lines.map((line) => `'${line}'`).join(' ');
  const mounted = list(machine.mountedDisks);
  await program(
    'lsblk',
    `case "$*" in
      *MODEL*) printf '%s\\n' ${list(machine.disks ?? [ROOT_DISK])} ;;
      *) for disk in ${mounted || "''"}; do [ "$disk" != "\${!#}" ] || echo /data; done; echo ;;
    esac`,
  );
  await program('blkid', `printf '%s' '${machine.labelled ?? ''}'`);
  await program(
    'mountpoint',
    `for each in ${list(machine.mountpoints) || "''"}; do [ "$each" != "$2" ] || exit 0; done; exit 32`,
  );
  for (const name of ['mount', 'mdadm', 'mkfs.xfs', 'mkfs.ext4']) await noted(name);
  await program(
    'mkdir',
    `[ "$2" != "/opt/dlami/nvme/pixtral" ] || { echo "mkdir $*" >>'${calls}'; exit 0; }; exec /bin/mkdir "$@"`,
  );
  await program('grep', 'exec /bin/grep "$@"');
  const { status, stdout, stderr } = spawnSync('/bin/bash', [SCRIPT, folder], {
    env: { PATH: bin },
    encoding: 'utf8',
  });
  const did = (await readFile(calls, 'utf8'))
    .split('\n')
    .filter((call) => call !== '' && !call.startsWith('mdadm --assemble'))
    .map((call) => call.replaceAll(folder, 'STATE'));
  expect((await stat(folder)).isDirectory()).toBe(true);
  return { status, did, said: (stdout + stderr).replaceAll(folder, 'STATE') };
}

describe('the state folder', () => {
  it('is put on the one NVMe, which gets a file system', async () => {
    const { status, did, said } = await prepare({ disks: [ROOT_DISK, `/dev/nvme1n1 ${NVME}`] });
    expect(did).toEqual([
      'mkfs.xfs -q -f -K -L pixtral-nvme /dev/nvme1n1',
      'mount -o noatime /dev/nvme1n1 STATE',
    ]);
    expect(said).toContain('storage: STATE is on /dev/nvme1n1');
    expect(said).not.toContain('WARNING');
    expect(status).toBe(0);
  });

  it('is put on all of several at once', async () => {
    const disks = [ROOT_DISK, `/dev/nvme1n1 ${NVME}`, `/dev/nvme2n1 ${NVME}`];
    expect((await prepare({ disks })).did).toEqual([
      'mdadm --create /dev/md/pixtral --run --force --level=0 --raid-devices=2 /dev/nvme1n1 /dev/nvme2n1',
      'mkfs.xfs -q -f -K -L pixtral-nvme /dev/md/pixtral',
      'mount -o noatime /dev/md/pixtral STATE',
    ]);
  });

  it('is where the machine image has mounted the NVMe', async () => {
    const mountpoints = ['/opt/dlami/nvme'];
    expect((await prepare({ disks: [`/dev/nvme1n1 ${NVME}`], mountpoints })).did).toEqual([
      'mkdir -p /opt/dlami/nvme/pixtral',
      'mount --bind /opt/dlami/nvme/pixtral STATE',
    ]);
  });

  it('keeps what was on the NVMe before a reboot', async () => {
    const { did } = await prepare({ disks: [`/dev/nvme1n1 ${NVME}`], labelled: '/dev/nvme1n1' });
    expect(did).toEqual(['mount -o noatime /dev/nvme1n1 STATE']);
  });

  it('leaves disks alone that somebody uses', async () => {
    const { did, said } = await prepare({
      disks: [`/dev/nvme1n1 ${NVME}`, `/dev/nvme2n1 ${NVME}`],
      mountedDisks: ['/dev/nvme1n1'],
    });
    expect(did).toEqual([
      'mkfs.xfs -q -f -K -L pixtral-nvme /dev/nvme2n1',
      'mount -o noatime /dev/nvme2n1 STATE',
    ]);
    expect(said).toContain('/dev/nvme1n1 is mounted by somebody else: left alone');
  });

  it('gets ext4 where there is no XFS', async () => {
    const { did } = await prepare({ disks: [`/dev/nvme1n1 ${NVME}`], missing: ['mkfs.xfs'] });
    expect(did[0]).toBe('mkfs.ext4 -q -F -E nodiscard -L pixtral-nvme /dev/nvme1n1');
  });
});

describe('the root volume serves, with a warning, when', () => {
  it.each<[string, Machine, readonly string[]]>([
    ['there is no NVMe', {}, []],
    ['no file system can be made', { disks: [`/dev/nvme1n1 ${NVME}`], broken: ['mkfs.xfs'] }, []],
    [
      'it cannot be mounted',
      { disks: [`/dev/nvme1n1 ${NVME}`], broken: ['mount'] },
      ['mkfs.xfs -q -f -K -L pixtral-nvme /dev/nvme1n1'],
    ],
    [
      'several cannot be joined',
      { disks: [`/dev/nvme1n1 ${NVME}`, `/dev/nvme2n1 ${NVME}`], broken: ['mdadm'] },
      [],
    ],
  ])('%s', async (_, machine, calls) => {
    const { status, did, said } = await prepare(machine);
    expect(did).toEqual(calls);
    expect(said).toContain('WARNING: no NVMe can be used: files go to the root volume');
    expect(status).toBe(0);
  });
});

it('nothing is done twice', async () => {
  await using temporary = await temporaryFolder();
  const folder = join(temporary.path, 'state');
  const bin = join(temporary.path, 'bin');
  await mkdir(bin);
  // Any other program would not be found, and said so.
  await writeFile(join(bin, 'mountpoint'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  await writeFile(join(bin, 'mkdir'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const { stdout, stderr, status } = spawnSync('/bin/bash', [SCRIPT, folder], {
    env: { PATH: bin },
    encoding: 'utf8',
  });
  expect({ stdout, stderr, status }).toEqual({
    stdout: `storage: ${folder} is mounted already\n`,
    stderr: '',
    status: 0,
  });
});
