import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EngineLog } from '../../src/engine/engine-log.ts';
import { startEngine } from '../../src/engine/engine-process.ts';
import { planRestart } from '../../src/engine/restart-policy.ts';
import { waitUntilReady } from '../../src/engine/wait-until-ready.ts';
import { createEngineClient } from '../../src/gate/pass-gate.ts';
import { temporaryFolder } from '../temporary-folder.ts';

describe('the first cause in an engine’s log', () => {
  it('is the exception of the first traceback, however the output was cut', () => {
    const log = new EngineLog();
    for (const chunk of [
      'INFO loading\nTraceback (most recent',
      ' call last):\n  File "x.py"\ntorch.OutOfMemoryError: CUDA out of mem',
      'ory\nERROR engine core\nRuntimeError: Engine core failed\n',
    ])
      log.push('stderr', chunk);
    expect(log.firstCause()).toBe('torch.OutOfMemoryError: CUDA out of memory');
  });

  it('is the first reported error without a traceback, else the last line', () => {
    const log = new EngineLog();
    log.push('stderr', 'INFO a\nERROR no such flag\nINFO b\n');
    expect(log.firstCause()).toBe('ERROR no such flag');
    const quiet = new EngineLog();
    quiet.push('stderr', 'one\ntwo');
    expect(quiet.firstCause()).toBe('two');
  });
});

describe('starting an engine', () => {
  it('tells why it ended', async () => {
    await using started = await engine('echo "ValueError: bad flag" >&2; exit 3');
    await expect(started.ready(5_000)).rejects.toThrow(
      'the model server ended while it started: it exited with code 3: ValueError: bad flag',
    );
  });

  it('does not take what a killed one said last for the reason', async () => {
    await using started = await engine('echo "INFO all is well"; kill -KILL $$');
    await expect(started.ready(5_000)).rejects.toThrow(
      new Error(
        'the model server ended while it started: it was ended by SIGKILL (by the kernel for lack of memory, unless somebody did it)',
      ),
    );
  });

  it('gives up on one that never gets ready, and ends it with all its processes', async () => {
    await using started = await engine('(trap "" TERM; sleep 60) & wait');
    await expect(started.ready(300)).rejects.toThrow(
      'the model server was not ready after 0.3 s (engine.startTimeoutSeconds)',
    );
    await started.process.stop(200);
    expect(await started.process.ended).toMatch(/^it was ended by SIG/);
  });

  it('tells when there is no such program', async () => {
    await using folder = await temporaryFolder();
    const command = { command: join(folder.path, 'none'), args: [], env: { HOME: folder.path } };
    const process = await startEngine({ command, socket: join(folder.path, 's'), onLine: () => {} });
    expect(await process.ended).toMatch(/^it exited with code 127: .*none: .*(not found|No such file)/);
  });
});

it('restarts are further and further apart, and end', () => {
  expect([1, 2, 3, 4, 5, 6].map(planRestart)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, undefined]);
});

async function engine(script: string) {
  const folder = await temporaryFolder();
  const program = join(folder.path, 'vllm');
  await writeFile(program, `#!/bin/bash\n${script}\n`);
  await chmod(program, 0o755);
  const socket = join(folder.path, 'e.sock');
  const env = { HOME: folder.path, PATH: process.env.PATH ?? '' };
  const started = await startEngine({
    command: { command: program, args: [], env },
    socket,
    onLine: () => {},
  });
  const client = createEngineClient(socket, 'm');
  return {
    process: started,
    ready: (timeoutMs: number) =>
      waitUntilReady({
        client,
        engine: started,
        servedModelName: 'm',
        timeoutMs,
        signal: new AbortController().signal,
        onWaiting: () => {},
      }),
    async [Symbol.asyncDispose]() {
      await started.stop(100);
      await client.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
