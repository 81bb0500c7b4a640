import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API_KEY, type Instance, startInstance } from './start-instance.ts';

describe('an instance that is right', () => {
  let instance: Instance;
  beforeAll(async () => {
    instance = await startInstance();
    await instance.untilReady(200);
  });
  afterAll(() => instance[Symbol.asyncDispose]());

  test('tells its group and serves', async () => {
    await instance.untilLogged('"in service"');
    expect(instance.aws.group.completed).toEqual(['pixtral-ready CONTINUE']);
    await using client = await instance.client();
    expect((await client.models.list()).map(({ id }) => id)).toEqual(['pixtral-12b']);
    const answer = await client.chat.create({
      messages: [{ role: 'user', content: 'Reply with the word "lighthouse".' }],
    });
    expect(answer.text).toBe('lighthouse');
    expect(answer.response.instanceId).toBe('i-0abc');
  });

  test('reports all phases and what the gate asked, in the bucket and on the disk', async () => {
    while (instance.report().phases.length < 6) await sleep(20);
    const report = instance.report();
    expect(report).toMatchObject({
      ok: true,
      instanceId: 'i-0abc',
      launchTemplateVersion: '7',
      restarts: [],
    });
    expect(report.phases.map(({ name }) => name)).toEqual([
      'agent-start',
      'files',
      'engine-start',
      'engine-ready',
      'gate',
      'in-service',
    ]);
    expect(report.gate).toHaveLength(34);
    expect(report.gate.every(({ ok }) => ok)).toBe(true);
    expect(new Set(report.gate.map(({ kind }) => kind)).size).toBe(7);
    for (const { picture } of report.gate) {
      expect(Buffer.from(picture, 'base64').subarray(1, 4).toString('latin1')).toBe('PNG');
    }
    expect(await instance.localReport()).toEqual(report);
  });

  test('writes no key, credential or secret into its log or its report', async () => {
    await using client = await instance.client();
    await client.models.list();
    const written = instance.log.join('\n') + JSON.stringify(instance.report());
    expect(written).toContain('/v1/models');
    expect(written).toContain('"key":"default"');
    expect(written).not.toContain(API_KEY);
    expect(written).not.toContain('SecretAccessKey');
  });
});

test('it is not ready before the gate was passed, and says in which phase it is', async () => {
  await using instance = await startInstance({ behaviour: { loadSeconds: 1 } });
  const ready = `${await instance.url()}/ready`;
  const details = new Set<string>();
  for (;;) {
    const answer = await fetch(ready);
    if (answer.status === 200) break;
    details.add(JSON.parse(await answer.text()).detail);
    await sleep(5);
  }
  expect(details).toContain('the model server is loading packages');
});

test('an instance of another type takes the model, the flags and the limits of its type', async () => {
  await using instance = await startInstance({
    before: ({ metadata }) => {
      metadata.values.set('instance-type', 'g6.2xlarge');
    },
    change: (config) => ({
      ...config,
      modelPrefix: 'models/not-for-this-type/',
      perInstanceType: {
        'g6.2xlarge': { modelPrefix: 'models/tiny/', engineArgs: ['--max-num-seqs', '3'] },
        'g6e.2xlarge': { modelPrefix: 'models/nor-this/' },
      },
    }),
  });
  await instance.untilReady(200);
  const [started] = instance.log.filter((line) => line.includes('"model server started"'));
  expect(JSON.parse(started ?? '').args).toEqual(expect.arrayContaining(['--max-num-seqs', '3']));
  expect(instance.log.join('\n')).not.toContain('not-for-this-type');
});

test('it waits in a warm pool without having fetched or started anything, and can be stopped', async () => {
  await using instance = await startInstance({
    before: ({ metadata }) => {
      metadata.values.set('autoscaling/target-lifecycle-state', 'Warmed:Stopped');
    },
  });
  expect(await instance.exited).toBe(0);
  expect(instance.aws.group.completed).toEqual(['pixtral-ready CONTINUE']);
  expect(instance.log.join('\n')).toContain('waits in the warm pool');
  expect(instance.log.join('\n')).not.toMatch(/files verified|model server started/);
});

test('it serves again after a reboot, when no launch is waiting any more', async () => {
  await using instance = await startInstance({
    before: ({ group }) => {
      group.waiting = undefined;
    },
  });
  await instance.untilReady(200);
  await instance.untilLogged('no launch was waiting (a restart)');
});

test('fails after a reboot when the model has gone blind: no launch waits, so the group is asked for another', async () => {
  await using instance = await startInstance({
    behaviour: { blind: true },
    before: ({ group }) => {
      group.waiting = undefined;
    },
  });
  expect(await instance.exited).toBe(1);
  expect(instance.aws.group.health).toEqual(['i-0abc Unhealthy']);
});

test('a bucket that stops taking reports does not end an instance that serves', async () => {
  await using instance = await startInstance({
    before: ({ bucket }) => {
      const isReport = (key: string) => key.startsWith('boot-reports/');
      bucket.fault = ({ method, key }) =>
        method === 'PUT' && isReport(key) && bucket.objects.has(key)
          ? { status: 403, code: 'AccessDenied' }
          : undefined;
    },
  });
  await instance.untilReady(200);
  await instance.untilLogged('the boot report could not be written');
  await using client = await instance.client();
  expect(await client.models.list()).toHaveLength(1);
});
