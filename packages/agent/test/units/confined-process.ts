import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../temporary-folder.ts';

/** What the kernel tells of a process. Each may be changed by a test. */
export interface ProcessFiles {
  network: string;
  status: string[];
  environ: string[];
  interfaces: string[];
  mounts: string[];
  /** Folders below its root, and their modes. */
  folders: Record<string, number>;
  /** Sockets that somebody of the machine listens at, below its root, and their modes. */
  sockets: Record<string, number>;
  passwd: string[];
  group: string[];
}

/** As seen of the real unit's process, booted by systemd 252 (shortened: of each kind of mount one). */
export function confinedProcess(): ProcessFiles {
  return {
    network: 'net:[4026532600]',
    status: [
      ...['Name:\tsleep', 'State:\tS (sleeping)', 'Pid:\t7'],
      ...['Uid:\t997\t997\t997\t997', 'Gid:\t997\t997\t997\t997', 'Groups:\t997 '],
      ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((set) => `${set}:\t0000000000000000`),
      ...['NoNewPrivs:\t1', 'Seccomp:\t2', 'Seccomp_filters:\t33'],
    ],
    environ: [
      'HF_HUB_OFFLINE=1',
      'PATH=/usr/bin',
      'AWS_ENDPOINT_URL=http://10.77.0.1',
      'VLLM_NO_USAGE_STATS=1',
    ],
    interfaces: ['lo', 'tunl0'],
    mounts: [
      '339 301 0:41 / / ro,nosuid,relatime shared:75 master:1 - overlay machine rw,lowerdir=/a',
      '340 339 0:44 / /tmp rw,nosuid,nodev shared:92 master:2 - tmpfs tmpfs rw,size=2468412k',
      '341 339 0:45 / /sys ro,nosuid,nodev,noexec,relatime shared:94 master:3 - tmpfs tmpfs rw,mode=555',
      '342 341 0:52 /block /sys/block ro,nosuid,nodev,noexec shared:95 master:13 - sysfs sysfs ro',
      '353 341 0:38 /payload /sys/fs/cgroup ro,nosuid,nodev shared:103 master:14 - cgroup2 cgroup rw,nsdelegate',
      '354 339 0:46 / /dev rw,nosuid shared:105 master:4 - tmpfs tmpfs rw,mode=755',
      '355 354 0:47 / /dev/shm rw,nosuid,nodev shared:106 master:5 - tmpfs tmpfs rw',
      '356 354 0:49 / /dev/pts rw,nosuid,noexec,relatime shared:107 master:8 - devpts devpts rw,gid=5',
      '458 339 7:1 / /opt/dlami/nvme ro,nosuid,relatime shared:110 master:10 - ext4 /dev/loop1 rw',
      '472 339 0:48 /host/inaccessible/dir /etc/pixtral ro,nosuid shared:111 master:6 - tmpfs tmpfs rw,mode=755',
      '459 339 0:61 / /proc rw,nosuid,nodev,noexec,relatime shared:114 - proc proc rw,hidepid=invisible',
      '467 459 0:61 /sys /proc/sys ro,nosuid,nodev,noexec shared:122 - proc proc rw,hidepid=invisible',
      '350 339 0:48 / /run rw,nosuid,nodev shared:99 master:6 - tmpfs tmpfs rw,mode=755',
      '351 350 0:66 / /run/lock rw,nosuid,nodev shared:98 - tmpfs tmpfs rw',
      '359 350 0:63 / /run ro,nosuid,nodev shared:124 - tmpfs tmpfs rw,mode=755',
      '361 359 0:48 /pixtral-engine /run/pixtral-engine rw,nosuid,nodev shared:126 - tmpfs tmpfs rw,mode=755',
      '453 340 0:44 /systemd-private-81db-pixtral-engine.service-nvqh9I/tmp /tmp rw,nosuid,nodev - tmpfs tmpfs rw',
      '454 339 0:41 /var/lib/pixtral/engine-home /var/lib/pixtral/engine-home rw,nosuid - overlay machine rw',
      '455 339 0:41 /var/tmp/systemd-private-81db-pixtral-engine.service-L8O/tmp /var/tmp rw - overlay machine rw',
      '470 339 7:2 / /mnt/with\\040blank rw,nosuid - squashfs /dev/loop2 ro,errors=continue',
    ],
    folders: {
      '/etc/pixtral': 0o000,
      '/opt/pixtral': 0o000,
      '/home': 0o000,
      '/root': 0o000,
      '/run/dbus': 0o700,
    },
    sockets: { '/run/dbus/system_bus_socket': 0o666, '/run/docker.sock': 0o660 },
    passwd: [
      'root:x:0:0:root:/root:/bin/bash',
      'ubuntu:x:3456:3456::/home/ubuntu:/bin/bash',
      'pixtral-engine:x:997:997::/:/x',
    ],
    group: ['root:x:0:', 'adm:x:4:', 'video:x:44:', 'docker:x:999:', 'pixtral-engine:x:997:'],
  };
}

/** Changes lines that hold a text. */
export function replace(lines: string[], line: string, other: string): void {
  const at = lines.findIndex((each) => each.includes(line));
  if (at < 0) throw new Error(`no line has ${line}`);
  lines[at] = lines[at]?.replace(line, other) ?? '';
}

/** A folder like `/proc`, with that process as number 7. */
export async function procFolder(files: ProcessFiles): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const [its, self] = [join(folder.path, '7'), join(folder.path, 'self')];
  const root = join(its, 'root');
  for (const path of [join(its, 'net'), join(self, 'net'), join(root, 'etc')])
    await mkdir(path, { recursive: true });
  for (const [path, network] of [
    [its, files.network],
    [self, 'net:[4026531840]'],
  ] as const) {
    await mkdir(join(path, 'ns'));
    await symlink(network, join(path, 'ns', 'net'));
  }
  const rows = files.interfaces.map((name) => `${name.padStart(6)}:       0       0`);
  await writeFile(join(its, 'net', 'dev'), ['Inter-|   Receive', ' face |bytes', ...rows, ''].join('\n'));
  await writeFile(join(its, 'status'), `${files.status.join('\n')}\n`);
  await writeFile(join(its, 'mountinfo'), `${files.mounts.join('\n')}\n`);
  await writeFile(join(its, 'environ'), files.environ.map((variable) => `${variable}\0`).join(''));
  await writeFile(join(root, 'etc', 'passwd'), `${files.passwd.join('\n')}\n`);
  await writeFile(join(root, 'etc', 'group'), `${files.group.join('\n')}\n`);
  const sockets = await listen(root, files.sockets);
  const table = [...Object.keys(files.sockets), '/run/gone.sock', '@abstract'].map(
    (path) => `00000000047831ab: 00000002 00000000 00010000 0001 01 3479443 ${path}`,
  );
  // One end of a connection: nobody can connect to that.
  table.push('000000009720081f: 00000003 00000000 00000000 0001 03 3458936 /etc/passwd');
  await writeFile(
    join(self, 'net', 'unix'),
    ['Num RefCount Protocol Flags Type St Inode Path', ...table, ''].join('\n'),
  );
  for (const [path, mode] of Object.entries(files.folders)) {
    await mkdir(join(root, path), { recursive: true });
    await chmod(join(root, path), mode);
  }
  return {
    path: folder.path,
    async [Symbol.asyncDispose]() {
      for (const server of sockets) await new Promise((resolve) => server.close(resolve));
      for (const path of Object.keys(files.folders)) await chmod(join(root, path), 0o755);
      await folder[Symbol.asyncDispose]();
    },
  };
}

function listen(root: string, sockets: Readonly<Record<string, number>>) {
  return Promise.all(
    Object.entries(sockets).map(async ([path, mode]) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(join(root, path), resolve);
      });
      await chmod(join(root, path), mode);
      return server;
    }),
  );
}
