import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamError } from '@pixtral-fleet/client';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { countTo, type InstanceOptions, isAlive, startInstance } from './start-instance.ts';

// Two boots of an agent and a hang, on a machine that does other things, too.
vi.setConfig({ testTimeout: 90_000 });

/** A model server counts as hung after 2 s. */
async function startWatched(options: InstanceOptions = {}) {
  const folder = await temporaryFolder();
  const control = join(folder.path, 'control');
  const instance = await startInstance({
    ...options,
    change: (config) => ({
      ...config,
      engine: {
        ...config.engine,
        args: [...config.engine.args, '--control', control],
        hangTimeoutSeconds: 2,
      },
    }),
  });
  await instance.untilReady(200);
  return {
    instance,
    /** Changes how the model server that runs behaves. */
    change: (behaviour: object) => patch(control, behaviour),
    async [Symbol.asyncDispose]() {
      await instance[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function patch(socketPath: string, body: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: '/behaviour', method: 'PATCH' }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`the simulator refused ${JSON.stringify(body)}: ${response.statusCode}`));
      });
    });
    sent.once('error', reject).end(JSON.stringify(body));
  });
}

describe('a model server that hangs', () => {
  test('and says that it is healthy is ended and comes back through the gate; its streams end in a clear error', async () => {
    await using watched = await startWatched({ behaviour: { perTokenMs: 20 } });
    const { instance } = watched;
    await using client = await instance.client();
    const hung = instance.enginePid();
    const stream = await client.chat.stream(countTo(1_000));
    let events = 0;
    const reading = (async () => {
      for await (const _ of stream) if (++events === 3) await watched.change({ hang: true });
    })();
    await expect(reading).rejects.toThrowError(StreamError);
    await expect(reading).rejects.toMatchObject({
      message: expect.stringContaining('the model server hung while it answered; ask again'),
      code: 503,
    });
    await instance.untilLogged('the model server serves again');
    await instance.untilReady(200);
    expect(instance.enginePid()).not.toBe(hung);
    expect(isAlive(hung)).toBe(false);
    while (instance.report().restarts.length === 0) await sleep(20);
    const [restart] = instance.report().restarts;
    expect(restart?.reason).toMatch(
      /^it hung: while requests waited, no token came and its engine made no step for \d+ s$/,
    );
    expect(restart?.gate.every(({ ok }) => ok)).toBe(true);
    expect(instance.log.join('\n')).toContain('a process of the hung model server');
    // The group keeps the instance.
    expect(instance.aws.group.health).toEqual([]);
    expect((await client.chat.create(countTo(3))).text).toContain('3');
    // What has been counted is sent at the end, too.
    instance.signal('SIGTERM');
    expect(await instance.exited).toBe(0);
    const { telemetry } = instance.aws;
    expect([telemetry.total('EngineHangs'), telemetry.total('EngineRestarts')]).toEqual([1, 1]);
  });

  test('in all of its processes is found out though nobody asks; blind afterwards, the instance asks to be replaced', async () => {
    await using watched = await startWatched();
    const { instance } = watched;
    const hung = instance.enginePid();
    await instance.behave({ blind: true });
    process.kill(hung, 'SIGSTOP');
    expect(await instance.exited).toBe(1);
    expect(instance.log.join('\n')).toMatch(/"it did not answer \/metrics for \d+ s"/);
    expect(instance.aws.group.health).toEqual(['i-0abc Unhealthy']);
    expect([hung, instance.enginePid()].map(isAlive)).toEqual([false, false]);
  });
});

describe('a model server does not hang', () => {
  test('that idles for longer than that, and then writes an answer in one piece for longer than that', async () => {
    await using watched = await startWatched({ behaviour: { perTokenMs: 20 } });
    const { instance } = watched;
    await using client = await instance.client();
    const served = instance.enginePid();
    await sleep(2_500);
    // About 150 tokens.
    const answer = await client.chat.create(countTo(52));
    expect(answer.text).toMatch(/, 51, 52$/);
    expect(instance.enginePid()).toBe(served);
    expect(instance.log.join('\n')).not.toContain('the model server hung');
  });
});
