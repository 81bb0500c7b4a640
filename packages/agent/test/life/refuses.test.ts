import { expect, test } from 'vitest';
import { type Instance, isAlive, PART_BYTES, startInstance, WEIGHTS } from './start-instance.ts';

/** What all refusals have in common; returns the reason. */
async function refusal(instance: Instance): Promise<string> {
  expect(await instance.exited).toBe(1);
  expect(instance.aws.group.completed).toEqual(['pixtral-ready ABANDON']);
  const { ok, reason = '' } = instance.report();
  expect(ok).toBe(false);
  expect(instance.aws.group.health).toEqual([]);
  expect(await instance.localReport()).toEqual(instance.report());
  return reason;
}

test('fails when the model is blind: the launch is abandoned, and the report shows what was asked', async () => {
  await using instance = await startInstance({ behaviour: { blind: true } });
  const reason = await refusal(instance);
  expect(reason).toMatch(
    /^refused by the gate: \d+ of \d+ questions about pictures were answered wrong; the same answer to every picture of a kind: blind, .*; asked ".*", expected ".*", got ".*"$/,
  );
  const { gate } = instance.report();
  // One round; more when a blind guess was right often enough to be asked again.
  expect(gate.length).toBeGreaterThanOrEqual(34);
  expect(gate.some(({ ok }) => !ok)).toBe(true);
  expect(gate.find(({ kind }) => kind === 'digits')).toMatchObject({ answer: '1234', ok: false });
  expect(isAlive(instance.enginePid())).toBe(false);
});

test('fails when a byte was turned over: nothing is started, the report names file and part', async () => {
  await using instance = await startInstance({
    before: ({ bucket }) => bucket.damage(WEIGHTS, PART_BYTES + 100),
  });
  const reason = await refusal(instance);
  expect(reason.replaceAll(/[0-9a-f]{64}/g, '<hash>')).toMatchInlineSnapshot(
    `"consolidated.safetensors differs from its manifest, part 2 of 4 (bytes 65536-131071): SHA-256 is <hash>, expected <hash>; seed the files again"`,
  );
  expect(instance.log.some((line) => line.includes('model server started'))).toBe(false);
});

test('fails when the model server never gets ready', async () => {
  await using instance = await startInstance({
    behaviour: { neverReady: true },
    change: (config) => ({ ...config, engine: { ...config.engine, startTimeoutSeconds: 2 } }),
  });
  expect(
    (await refusal(instance))
      .replace(/unix:\S+\/run/g, 'unix:…/run')
      .replace(/ENOENT \S+\/run/, 'ENOENT …/run'),
  ).toMatchInlineSnapshot(
    `"the model server was not ready after 2 s (engine.startTimeoutSeconds): [GET] "unix:…/run/pixtral/engine.sock/v1/models": connect ENOENT …/run/pixtral/engine.sock"`,
  );
  expect(isAlive(instance.enginePid())).toBe(false);
});

test('fails when the model cannot be loaded, with the first cause', async () => {
  await using instance = await startInstance({ behaviour: { failLoad: 'CUDA out of memory' } });
  expect(await refusal(instance)).toMatchInlineSnapshot(
    `"the model server ended while it started: it exited with code 1: RuntimeError: CUDA out of memory"`,
  );
});

test('fails when the model server takes an argument for a mistake', async () => {
  await using instance = await startInstance({
    change: (config) => ({ ...config, engine: { ...config.engine, args: ['--no-such-flag'] } }),
  });
  expect(await refusal(instance)).toMatchInlineSnapshot(
    `"the model server ended while it started: it exited with code 2: vllm: error: error: unknown option '--no-such-flag'"`,
  );
});

test('fails when nobody has seeded the bucket', async () => {
  await using instance = await startInstance({
    change: (config) => ({ ...config, modelPrefix: 'models/none/', filesTimeoutSeconds: 1 }),
  });
  expect(await refusal(instance)).toMatchInlineSnapshot(
    `"s3://scripted-bucket/models/none/manifest.json did not appear within 1 s: has the seeder run, and for this prefix?"`,
  );
});

test('fails when the secret holds no key, and does not show what it holds', async () => {
  await using instance = await startInstance({
    before: (aws) => {
      aws.secret = 'hunter2';
    },
  });
  expect(await refusal(instance)).toMatchInlineSnapshot(
    `"the API key secret holds 7 characters, expected at least 16"`,
  );
  expect(instance.log.join('\n')).not.toContain('hunter2');
});

test('fails when its config cannot be read, naming file and field', async () => {
  await using instance = await startInstance({
    change: (config) => ({ ...config, gateway: { ...config.gateway, port: 'http' }, maxImages: 4 }),
  });
  expect(await instance.exited).toBe(1);
  expect(instance.log.join('\n')).toMatch(/instance\.json: instance config is not usable: gateway\.port: /);
});

test('fails when it belongs to no group', async () => {
  await using instance = await startInstance({
    before: ({ group }) => {
      group.isMember = false;
    },
  });
  expect(await instance.exited).toBe(1);
  expect(instance.log.join('\n')).toContain('instance i-0abc belongs to no Auto Scaling group');
});
