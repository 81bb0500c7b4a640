import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DestinationStream, pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { endWithStacks } from '../../src/engine/end-with-stacks.ts';
import { startEngine, untilKilled } from '../../src/engine/engine-process.ts';
import { listDescendants, readThreads } from '../../src/engine/engine-processes.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
const hasPython = python.status === 0;
if (!hasPython)
  console.warn('SKIPPED: python3 is not installed, so nobody sees a hung Python write its stacks');

/** Two processes as vLLM has them, each of which waits for ever in a function of its own. */
const HUNG = `
import multiprocessing, signal, sys, time

def step_that_never_ends():
    print('core up', flush=True)
    time.sleep(3600)

def wait_for_the_core():
    print('server up', flush=True)
    time.sleep(3600)

if __name__ == '__main__':
    multiprocessing.set_start_method('fork')
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    multiprocessing.Process(target=step_that_never_ends).start()
    wait_for_the_core()
`;

describe.skipIf(!hasPython)('a hung Python server of two processes', () => {
  it.for([
    ['that turns over', undefined],
    ['that is stopped', 'SIGSTOP'],
  ] as const)('%s writes where each of its threads is, and ends', async ([, signal]) => {
    await using folder = await temporaryFolder();
    const program = join(folder.path, 'server.py');
    await writeFile(program, HUNG);
    const lines: string[] = [];
    const engine = await startEngine({
      command: {
        command: python.stdout.trim(),
        args: [program],
        env: { HOME: folder.path, PATH: process.env.PATH ?? '', PYTHONFAULTHANDLER: '1' },
      },
      socket: join(folder.path, 's'),
      onLine: (line) => lines.push(line),
    });
    while (!(lines.includes('core up') && lines.includes('server up'))) await sleep(20);
    const [core = 0, ...others] = await listDescendants(engine.pid);
    expect(others).toEqual([engine.pid]);
    if (signal) process.kill(core, signal);
    const { logger, logged } = recordingLogger();
    await endWithStacks(engine, logger);
    expect(await engine.ended).toMatch(/^it was ended by SIGABRT/);
    expect(lines.filter((line) => line === 'Fatal Python error: Aborted')).toHaveLength(2);
    const text = lines.join('\n');
    expect(text).toContain('in step_that_never_ends');
    expect(text).toContain('in wait_for_the_core');
    expect(logged.map(({ pid }) => pid)).toEqual([core, engine.pid]);
    expect(logged[0]).toMatchObject({ name: 'python3' });
  });
});

describe('what the kernel tells of a process', () => {
  it('is its threads, those that do the same together, and its descendants, the youngest first', async () => {
    await using folder = await temporaryFolder();
    const proc = folder.path;
    const add = async (pid: number, parent: number, threads: readonly string[]) => {
      await mkdir(join(proc, String(pid)), { recursive: true });
      await writeFile(join(proc, String(pid), 'comm'), 'VLLM::EngineCor\n');
      await writeFile(join(proc, String(pid), 'stat'), `${pid} (a) b) c) S ${parent} 1 1 0`);
      for (const [index, line] of threads.entries()) {
        const [comm = '', state = '', wchan = ''] = line.split(' ');
        const task = join(proc, String(pid), 'task', String(pid + index));
        await mkdir(task, { recursive: true });
        await writeFile(join(task, 'comm'), `${comm}\n`);
        await writeFile(join(task, 'status'), `Name:\tx\nState:\t${state} (whatever)\n`);
        await writeFile(join(task, 'wchan'), wchan);
      }
    };
    await add(100, 1, []);
    await add(300, 200, ['worker D nvidia_ioctl']);
    await add(200, 100, ['core S futex_do_wait', 'core S futex_do_wait', 'zmq R 0']);
    await add(400, 1, []);
    expect(await listDescendants(100, proc)).toEqual([300, 200, 100]);
    expect(await readThreads(200, proc)).toEqual({
      pid: 200,
      name: 'VLLM::EngineCor',
      threads: ['2 core S futex_do_wait', '1 zmq R'],
    });
    expect((await readThreads(300, proc))?.threads).toEqual(['1 worker D nvidia_ioctl']);
    expect(await readThreads(500, proc)).toBeUndefined();
  });
});

it('a process that SIGKILL does not end is not waited for for ever', async () => {
  const ended = new Promise<string>(() => undefined);
  await expect(untilKilled({ pid: 7, ended }, 10)).rejects.toThrow(
    /^the model server \(process 7\) is still there 10 s after SIGKILL: .* this instance has to be replaced$/,
  );
});

function recordingLogger() {
  const logged: Record<string, unknown>[] = [];
  const stream: DestinationStream = { write: (line) => void logged.push(JSON.parse(line)) };
  return { logger: pino({ base: null }, stream), logged };
}
