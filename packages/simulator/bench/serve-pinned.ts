import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Behaviour, writeSimulatedModel } from '../src/index.ts';

export interface PinnedServer extends AsyncDisposable {
  readonly port: number;
  /** Seconds of CPU so far, where the system tells. */
  readonly cpuSeconds: () => Promise<number>;
  /** On one core; not where there is no `taskset`. */
  readonly pinned: boolean;
}

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The simulator in a process of its own, on the first core. */
export async function servePinned(behaviour: Partial<Behaviour>, places: number): Promise<PinnedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-bench-'));
  await writeSimulatedModel(join(folder, 'model'), { bytes: 100 });
  await writeFile(join(folder, 'behaviour.json'), JSON.stringify(behaviour));
  const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  const command = [
    ...(pinned ? ['taskset', '-c', '0'] : []),
    ...[process.execPath, MAIN, 'serve', join(folder, 'model'), '--port', '0'],
    ...['--max-model-len', '1024', '--max-num-seqs', String(places)],
  ];
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, PIXTRAL_SIMULATE_FILE: join(folder, 'behaviour.json') },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const port = await readPort(child);
  return {
    port,
    pinned,
    cpuSeconds: () => readCpuSeconds(child.pid ?? -1),
    async [Symbol.asyncDispose]() {
      const exited = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

function readPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const [, port] = /startup complete, listening on http:\/\/[\d.]+:(\d+)/.exec(log) ?? [];
      if (port) resolve(Number(port));
    });
    child.once('exit', () => reject(new Error(`the simulator did not start:\n${log}`)));
  });
}

/** Fields 14 and 15 of `/proc/<pid>/stat`, in ticks of 10 ms; 0 where there is none. */
async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}
