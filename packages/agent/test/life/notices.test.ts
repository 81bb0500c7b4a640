import { expect, test, vi } from 'vitest';
import { spotNotice } from './spot-notice.ts';
import { countTo, startInstance } from './start-instance.ts';

// A boot, a stream and a drain, on a machine that does other things, too.
vi.setConfig({ testTimeout: 90_000 });

test.for([
  ['that begins a drain bounds it', false],
  ['during a drain that has more time shortens it', true],
] as const)('a Spot notice %s: the stream is told before the machine goes', async ([, drains]) => {
  await using instance = await startInstance({ behaviour: { perTokenMs: 50 } });
  await instance.untilReady(200);
  await using client = await instance.client();
  const stream = await client.chat.stream(countTo(1_000));
  const cut = stream.text().catch((error: unknown) => error);
  instance.aws.group.waiting = 'pixtral-drain';
  if (drains) {
    instance.aws.metadata.values.set('autoscaling/target-lifecycle-state', 'Terminated');
    await instance.untilReady(503);
  }
  // 20 s of them are kept for the end of the model server and the last reports.
  instance.aws.metadata.values.set('spot/instance-action', spotNotice(23));
  expect(await instance.exited).toBe(0);
  expect(await cut).toMatchObject({ message: expect.stringContaining('this instance went away') });
  const log = instance.log.join('\n');
  expect(log).toMatch(/"inFlight":1,"cut":1,.*"result":"cut"/);
  expect(log.includes('the drain gets less time')).toBe(drains);
  expect(instance.aws.group.completed.includes('pixtral-drain CONTINUE')).toBe(true);
  const { telemetry } = instance.aws;
  expect([telemetry.total('Drains'), telemetry.total('DrainCutRequests')]).toEqual([1, 1]);
});

test('a hook that is gone, and a machine that is shut down meanwhile, keep no agent waiting', async () => {
  await using instance = await startInstance();
  await instance.untilReady(200);
  instance.aws.metadata.values.set('autoscaling/target-lifecycle-state', 'Terminated');
  await instance.untilLogged('requests have ended');
  instance.signal('SIGTERM');
  expect(await instance.exited).toBe(0);
  expect(instance.log.join('\n')).toContain('the terminate hook never waited for this instance');
});
