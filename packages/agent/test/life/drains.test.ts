import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '@pixtral-fleet/client';
import { expect, test } from 'vitest';
import { spotNotice } from './spot-notice.ts';
import { countTo, type Instance, isAlive, startInstance } from './start-instance.ts';

const ending: Readonly<Record<string, (instance: Instance) => void>> = {
  'its group terminates it': ({ aws }) => {
    aws.metadata.values.set('autoscaling/target-lifecycle-state', 'Terminated');
    aws.group.waiting = 'pixtral-drain';
  },
  'EC2 takes it back': ({ aws }) => {
    aws.metadata.values.set('spot/instance-action', spotNotice(110));
    aws.group.waiting = 'pixtral-drain';
  },
  'it gets a SIGTERM': (instance) => {
    instance.aws.group.waiting = 'pixtral-drain';
    instance.signal('SIGTERM');
  },
};

test.for(Object.entries(ending))(
  'when %s, an open stream is completed and new requests are sent away',
  async ([, end]) => {
    await using instance = await startInstance({ behaviour: { perTokenMs: 25 } });
    await instance.untilReady(200);
    await using client = await instance.client();
    const stream = await client.chat.stream(countTo(60));
    end(instance);
    await instance.untilReady(503);
    const refused = await client.models.list().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 503, retryAfterMs: 1_000 });
    expect(instance.aws.group.completed).toEqual(['pixtral-ready CONTINUE']);
    expect(await stream.text()).toMatch(/, 59, 60$/);
    expect(await instance.exited).toBe(0);
    expect(instance.aws.group.completed.at(-1)).toBe('pixtral-drain CONTINUE');
    expect(isAlive(instance.enginePid())).toBe(false);
    const { telemetry } = instance.aws;
    expect([telemetry.total('Drains'), telemetry.total('DrainCutRequests')]).toEqual([1, 0]);
    expect(instance.log.join('\n')).toMatch(/"inFlight":1,"cut":0,.*"result":"finished"/);
  },
);

test('a hook that begins to wait only when the balancer has let go is completed then', async () => {
  await using instance = await startInstance();
  await instance.untilReady(200);
  const { group, metadata } = instance.aws;
  metadata.values.set('autoscaling/target-lifecycle-state', 'Terminated');
  while (!group.completed.includes('pixtral-drain CONTINUE')) await sleep(20);
  group.waiting = 'pixtral-drain';
  expect(await instance.exited).toBe(0);
  expect(group.waiting).toBeUndefined();
});

test('a drain ends after its time even if a stream does not', async () => {
  await using instance = await startInstance({
    behaviour: { perTokenMs: 50 },
    change: (config) => ({
      ...config,
      drainTimeoutSeconds: 1,
      engine: { ...config.engine, shutdownTimeoutSeconds: 1 },
    }),
  });
  await instance.untilReady(200);
  await using client = await instance.client();
  const stream = await client.chat.stream(countTo(1_000));
  const cut = stream.text().catch((error: unknown) => error);
  instance.signal('SIGTERM');
  expect(await instance.exited).toBe(0);
  expect(instance.log.join('\n')).toContain('the drain ended before all requests had');
  // Told, not in silence.
  expect(await cut).toMatchObject({ name: expect.stringMatching(/^(StreamError|IncompleteStreamError)$/) });
});

test('it drains while it boots, too, and abandons nothing', async () => {
  await using instance = await startInstance({ behaviour: { neverReady: true } });
  await instance.untilLogged('model server started');
  ending['its group terminates it']?.(instance);
  expect(await instance.exited).toBe(0);
  expect(instance.aws.group.completed).toEqual(['pixtral-drain CONTINUE']);
  expect(isAlive(instance.enginePid())).toBe(false);
});

test('a second SIGTERM ends it at once, and its model server with it', async () => {
  await using instance = await startInstance({ behaviour: { perTokenMs: 50 } });
  await instance.untilReady(200);
  await using client = await instance.client();
  const stream = await client.chat.stream(countTo(1_000));
  const cut = stream.text().catch((error: unknown) => error);
  instance.signal('SIGTERM');
  await instance.untilReady(503);
  instance.signal('SIGTERM');
  expect(await instance.exited).toBe(1);
  expect(await cut).toBeInstanceOf(Error);
  while (isAlive(instance.enginePid())) await sleep(20);
});
