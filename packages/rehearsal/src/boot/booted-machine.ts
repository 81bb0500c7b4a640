import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeMachineFiles } from './machine-files.ts';
import { BRIDGE } from './private-network.ts';

const run = promisify(execFile);

export interface BootedMachineOptions {
  /** At most 12 letters and digits: the kernel's limit for the name of its network interface. */
  readonly name: string;
  /** Of `prepareMachineRoot`; stays as it is. */
  readonly rootImage: string;
  /** Of its own: its root and disk are below. */
  readonly folder: string;
  readonly address: string;
  /** Of all its services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Gets its console, to which its journal goes too. */
  readonly logFile: string;
  /** Size of the disk that plays the NVMe. */
  readonly diskBytes: number;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const LONGEST_COMMAND_MS = 180_000;

/** With which systemd-nspawn asks to be started again: the machine reboots (systemd.exec(5), EXIT_FORCE_RESTART). */
const REBOOTS = 133;

/** A Linux machine of this kernel that systemd boots from its first process on: systemd-nspawn. */
export class BootedMachine {
  readonly #options: BootedMachineOptions;
  #process: ChildProcess;
  /** Exit code of the machine, which a reboot does not end. */
  readonly exited: Promise<number | null>;

  private constructor(options: BootedMachineOptions) {
    this.#options = options;
    this.#process = spawnMachine(options);
    this.exited = this.#run();
  }

  static async start(options: BootedMachineOptions): Promise<BootedMachine> {
    await makeRoot(options);
    await makeDisk(options);
    await writeMachineFiles(rootOf(options), options);
    return new BootedMachine(options);
  }

  async #run(): Promise<number | null> {
    for (;;) {
      const [code] = (await once(this.#process, 'exit')) as [number | null];
      if (code !== REBOOTS) return code;
      this.#process = spawnMachine(this.#options);
    }
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** Folder of this machine that plays its NVMe. */
  get disk(): string {
    return diskOf(this.#options);
  }

  /** The machine's `/`, as it is seen from outside. */
  get root(): string {
    return rootOf(this.#options);
  }

  get address(): string {
    return this.#options.address;
  }

  /** Its first process: another one after each reboot, none before it has begun. */
  async init(): Promise<number | undefined> {
    const { pid } = this;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    for (const child of children.trim().split(' ')) {
      const name = await readFile(`/proc/${child}/comm`, 'utf8').catch(() => '');
      if (name.trim() === 'systemd') return Number(child);
    }
    return undefined;
  }

  /** Runs a program in the machine, as its root. @throws Error when the machine does not run */
  async command(...command: readonly string[]): Promise<CommandResult> {
    const init = await this.init();
    if (init === undefined) throw new Error(`${this.#options.name} does not run`);
    const into = ['--target', String(init), '--mount', '--uts', '--ipc', '--net', '--pid', '--root'];
    const child = execFile(
      'nsenter',
      [...into, '--', 'env', '--chdir=/', '-i', `PATH=${PATH}`, 'LC_ALL=C.UTF-8', ...command],
      {
        maxBuffer: 64 * 1024 * 1024,
        timeout: LONGEST_COMMAND_MS,
      },
    );
    const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => {
      let text = '';
      for await (const chunk of stream ?? []) text += String(chunk);
      return text;
    });
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit) => resolve(exit ?? -1));
    });
    return { code, stdout: (await stdout) ?? '', stderr: (await stderr) ?? '' };
  }

  /** As `command`, for programs that must succeed. Returns what it printed. */
  async must(...command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.command(...command);
    if (code === 0) return stdout.trim();
    throw new Error(`${command.join(' ')} ended with code ${code}: ${(stderr || stdout).trim()}`);
  }

  /** Tells it to halt; after the grace time its power is cut. Its disks are given back. */
  async stop(graceMs: number): Promise<void> {
    this.#process.kill('SIGTERM');
    const cut = setTimeout(() => this.#process.kill('SIGKILL'), graceMs);
    await this.exited.catch(() => undefined);
    clearTimeout(cut);
    for (const mount of [this.root, this.disk, join(this.#options.folder, 'space')]) {
      await run('umount', ['--lazy', mount]);
    }
  }
}

function spawnMachine(options: BootedMachineOptions): ChildProcess {
  const log = openSync(options.logFile, 'a');
  const child = spawn('systemd-nspawn', nspawnArguments(options), {
    // Whatever this machine has, the one that boots has control groups as AWS's image has them.
    env: { PATH, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  return child;
}

function nspawnArguments(options: BootedMachineOptions): readonly string[] {
  return [
    // Nobody keeps a list of machines here, and no unit is made for it outside.
    ...[
      '--quiet',
      '--register=no',
      '--keep-unit',
      `--machine=${options.name}`,
      `--directory=${rootOf(options)}`,
    ],
    ...['--boot', '--console=read-only', `--network-bridge=${BRIDGE}`],
    ...['--resolv-conf=off', '--timezone=off', '--link-journal=no'],
    // Where AWS's image mounts the NVMe.
    `--bind=${diskOf(options)}:/opt/dlami/nvme`,
  ];
}

/** What it writes stays in memory, above the image that all share; file systems of every kind can lie below that. */
async function makeRoot(options: BootedMachineOptions): Promise<void> {
  const { folder, rootImage } = options;
  const [space, root] = [join(folder, 'space'), rootOf(options)];
  for (const path of [space, root]) await mkdir(path, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', 'mode=755,size=4g', 'machine', space]);
  const [upper, work] = [join(space, 'upper'), join(space, 'work')];
  for (const path of [upper, work]) await mkdir(path);
  const layers = `lowerdir=${rootImage},upperdir=${upper},workdir=${work}`;
  await run('mount', ['-t', 'overlay', '-o', layers, 'machine', root]);
}

async function makeDisk(options: BootedMachineOptions): Promise<void> {
  const image = join(options.folder, 'nvme.img');
  await mkdir(diskOf(options), { recursive: true });
  await run('truncate', [`--size=${options.diskBytes}`, image]);
  await run('mkfs.ext4', ['-q', '-F', '-m', '0', '-U', randomUUID(), image]);
  await run('mount', ['-o', 'loop', image, diskOf(options)]);
}

function rootOf({ folder }: BootedMachineOptions): string {
  return join(folder, 'root');
}

function diskOf({ folder }: BootedMachineOptions): string {
  return join(folder, 'nvme');
}
