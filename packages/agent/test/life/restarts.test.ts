import { setTimeout as sleep } from 'node:timers/promises';
import { StreamError } from '@pixtral-fleet/client';
import { expect, test } from 'vitest';
import { countTo, isAlive, startInstance } from './start-instance.ts';

test('a model server that is killed comes back through the gate; its streams end in a clear error', async () => {
  await using instance = await startInstance({ behaviour: { perTokenMs: 50 } });
  await instance.untilReady(200);
  await using client = await instance.client();
  const stream = await client.chat.stream(countTo(1_000));
  const killed = instance.enginePid();
  const events: string[] = [];
  const reading = (async () => {
    for await (const event of stream) {
      events.push(event.type);
      if (events.length === 2) process.kill(killed, 'SIGKILL');
    }
  })();
  await expect(reading).rejects.toThrowError(StreamError);
  await expect(reading).rejects.toMatchObject({
    message: expect.stringContaining('the model server'),
    code: 503,
  });
  await instance.untilReady(503);
  await instance.untilReady(200);
  expect(isAlive(instance.enginePid())).toBe(true);
  expect(instance.enginePid()).not.toBe(killed);
  while (instance.report().restarts.length === 0) await sleep(20);
  const [restart] = instance.report().restarts;
  expect(restart?.reason).toMatch(/^it was ended by SIGKILL/);
  expect(restart?.gate.map(({ ok }) => ok)).toEqual(Array.from({ length: 34 }, () => true));
  // The group keeps the instance: a restart takes less time than another launch.
  expect(instance.aws.group.health).toEqual([]);
  expect(instance.aws.group.completed).toEqual(['pixtral-ready CONTINUE']);
});

test('fails when it comes back blind: it serves no more, and the report says why', async () => {
  await using instance = await startInstance();
  await instance.untilReady(200);
  await instance.behave({ blind: true });
  process.kill(instance.enginePid(), 'SIGKILL');
  expect(await instance.exited).toBe(1);
  expect(instance.report()).toMatchObject({
    ok: false,
    reason: expect.stringContaining('refused by the gate'),
  });
  expect(isAlive(instance.enginePid())).toBe(false);
  expect(instance.aws.group.health).toEqual(['i-0abc Unhealthy']);
});
