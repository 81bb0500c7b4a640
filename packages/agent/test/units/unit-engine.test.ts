import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { proveConfinement } from '../../src/engine/confinement/prove-confinement.ts';
import { startUnitEngine } from '../../src/engine/unit-engine.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type FakeSystemd, fakeSystemd } from './fake-systemd.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a model server that is a unit', () => {
  it('prints to the agent, and tells with which code it ended and why', async () => {
    await using engine = await start('echo INFO one; echo "ValueError: bad flag" >&2; sleep 0.3; exit 3');
    expect(await engine.process.ended).toBe('it exited with code 3: ValueError: bad flag');
    expect(engine.lines).toEqual(['INFO one', 'ValueError: bad flag']);
  });

  it('is known by its own process', async () => {
    await using engine = await start('echo pid=$$; sleep 60');
    while (engine.lines.length === 0) await sleep(10);
    expect(engine.lines).toEqual([`pid=${engine.process.pid}`]);
  });

  it('gets SIGTERM and its time, and no more than SIGTERM when that is enough', async () => {
    await using engine = await start('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done');
    while (!engine.lines.includes('up')) await sleep(10);
    await engine.process.stop(5_000);
    expect(engine.lines).toContain('bye');
    expect(await engine.process.ended).toBe('it exited with code 0: bye');
    expect((await engine.systemd.calls()).filter((call) => call.startsWith('kill'))).toEqual([
      'kill --kill-whom=main --signal=SIGTERM pixtral-engine.service',
    ]);
  });

  it('is killed with all its processes when its time is over', async () => {
    await using engine = await start(
      'trap "" TERM; (trap "" TERM; sleep 60) & echo worker=$!; wait; sleep 60',
    );
    while (engine.lines.length === 0) await sleep(10);
    await engine.process.stop(200);
    expect(await engine.process.ended).toMatch(/^it was ended by SIGKILL/);
    const worker = Number(engine.lines[0]?.split('=')[1]);
    await expect.poll(() => isRunning(worker)).toBe(false);
  });

  it('that was killed by somebody else is told as such', async () => {
    await using engine = await start('echo "INFO all is well"; sleep 60');
    while (engine.lines.length === 0) await sleep(10);
    process.kill(engine.process.pid, 'SIGKILL');
    expect(await engine.process.ended).toBe(
      'it was ended by SIGKILL (by the kernel for lack of memory, unless somebody did it)',
    );
    await engine.process.stop(1_000);
  });

  it('that cannot be started says what the service manager said', async () => {
    await using engine = await start('true', { broken: true });
    expect(await engine.process.ended).toBe(
      'it could not be started: systemctl start pixtral-engine.service: Job for the unit failed because the control process exited with error code.',
    );
  });

  it('fails when it is not confined, which is looked at and not believed, and has then been ended', async () => {
    const started = start('echo pid=$$; sleep 60', { prove: proveConfinement });
    await expect(started).rejects.toThrow(
      /^the model server is not confined as pixtral-engine\.service says: it shares the network/,
    );
  });

  it('prints where only the agent’s user can listen, and is told nothing but its command', async () => {
    await using engine = await start('sleep 60');
    expect((await stat(engine.unit.outputSocket)).mode & 0o777).toBe(0o600);
    expect(await readFile(engine.unit.commandFile, 'utf8')).toMatch(
      /^exec env -i 'HOME=[^']*' '[^']*\/vllm'\n$/,
    );
  });
});

interface StartOptions {
  readonly broken?: boolean;
  readonly prove?: typeof proveConfinement;
}

async function start(script: string, { broken, prove = async () => undefined }: StartOptions = {}) {
  const folder = await temporaryFolder();
  const program = join(folder.path, 'vllm');
  await writeFile(program, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  const unit = {
    name: 'pixtral-engine.service',
    commandFile: join(folder.path, 'run', 'engine-command'),
    outputSocket: join(folder.path, 'run', 'out.sock'),
  };
  const systemd: FakeSystemd = await fakeSystemd(join(folder.path, 'systemd'), unit);
  if (broken) await systemd.breakUnit();
  for (const [name, value] of Object.entries(systemd.environment)) vi.stubEnv(name, value);
  const lines: string[] = [];
  const process = await startUnitEngine(
    unit,
    {
      command: { command: program, args: [], env: { HOME: folder.path } },
      socket: join(folder.path, 'engine.sock'),
      onLine: (line) => lines.push(line),
    },
    prove,
  );
  return {
    process,
    lines,
    systemd,
    unit,
    async [Symbol.asyncDispose]() {
      await process.stop(0);
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A process that has ended and that nobody has asked for how is still in the table. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return status !== '' && !/^State:\s*Z/m.test(status);
}
