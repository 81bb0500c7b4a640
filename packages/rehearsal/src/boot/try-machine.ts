import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pollUntil } from '../run/poll.ts';
import { BootedMachine } from './booted-machine.ts';
import { NoMachineError } from './no-machine.ts';
import { machineAddress } from './private-network.ts';

const run = promisify(execFile);

/** An idle machine needs two seconds. */
const PATIENCE_MS = 120_000;
const POLL_MS = 100;

/** Beyond the addresses of the test's own machines, of which there is one. */
const INDEX = 200;

/**
 * Boots a machine that has nothing of the product, and does in it what the product's units need of the kernel: an image that
 * is mounted, a service without a network. What fails here would fail for any machine, in a container without the rights say.
 * @throws NoMachineError with what is not to be had
 */
export async function tryMachine(options: {
  readonly rootImage: string;
  /** Of its own, removed at the end. */
  readonly folder: string;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { rootImage, folder, signal } = options;
  const logFile = join(folder, 'console.log');
  let machine: BootedMachine | undefined;
  try {
    await mkdir(join(folder, 'content'), { recursive: true });
    await writeFile(join(folder, 'content', 'file'), 'x');
    machine = await BootedMachine.start({
      ...{ name: 'pixtral-try', rootImage, folder, logFile, address: machineAddress(INDEX), environment: {} },
      diskBytes: 16 * 1024 * 1024,
    });
    const image = join('var', 'tmp', 'try.squashfs');
    await run('mksquashfs', [join(folder, 'content'), join(machine.root, image), '-quiet', '-no-progress']);
    await untilUp(machine, signal);
    await machine.must('mount', '-o', 'loop,ro', `/${image}`, '/mnt');
    await machine.must('umount', '/mnt');
    await tryUnit(machine);
  } catch (error) {
    signal.throwIfAborted();
    const problem = error instanceof Error ? error.message.trim() : String(error);
    const console = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').at(-1);
    throw new NoMachineError(
      `a plain Debian machine does not work here: ${problem}${console ? ` (its console ends with: ${console.trim()})` : ''}`,
      { cause: error },
    );
  } finally {
    await machine?.stop(0);
    await rm(folder, { recursive: true, force: true });
  }
}

async function untilUp(machine: BootedMachine, signal: AbortSignal): Promise<void> {
  let state = 'it has no first process';
  const up = pollUntil(
    async () => {
      if ((await machine.init()) === undefined) return undefined;
      const { stdout, stderr } = await machine.command('systemctl', 'is-active', 'local-fs.target');
      state = (stdout || stderr).trim();
      return state === 'active' || undefined;
    },
    {
      ...{ everyMs: POLL_MS, deadlineMs: PATIENCE_MS, signal },
      timedOut: () => new Error(`it was not up within ${PATIENCE_MS / 1_000} s: ${state}`),
    },
  );
  const ended = machine.exited.then((code) => {
    throw new Error(`systemd-nspawn ended with code ${code}`);
  });
  await Promise.race([up, ended]);
}

/** Where a network namespace is not to be had, systemd starts the service without. */
async function tryUnit(machine: BootedMachine): Promise<void> {
  const output = join('var', 'tmp', 'try.log');
  const unit = [
    ...['[Unit]', 'DefaultDependencies=no', '[Service]', 'Type=oneshot', `StandardOutput=file:/${output}`],
    ...[
      'PrivateNetwork=yes',
      'ProtectSystem=strict',
      'ProtectProc=invisible',
      'ExecStart=readlink /proc/self/ns/net',
    ],
  ];
  await writeFile(join(machine.root, 'etc', 'systemd', 'system', 'try.service'), `${unit.join('\n')}\n`);
  await machine.must('systemctl', 'daemon-reload');
  await machine.must('systemctl', 'start', 'try.service');
  const its = (await readFile(join(machine.root, output), 'utf8')).trim();
  const own = await machine.must('readlink', '/proc/1/ns/net');
  if (its === own) throw new Error('a service with PrivateNetwork=yes has the network of the machine');
}
