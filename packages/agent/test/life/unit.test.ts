import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeSystemd } from '../units/fake-systemd.ts';
import { startInstance } from './start-instance.ts';

test('fails when the service manager runs the model server without confining it: nothing is served', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unit-'));
  const unit = {
    commandFile: join(folder, 'run', 'pixtral', 'engine-command'),
    outputSocket: join(folder, 'run', 'pixtral', 'engine-output.sock'),
  };
  const systemd = await fakeSystemd(join(folder, 'systemd'), unit);
  await using instance = await startInstance({
    root: folder,
    environment: { ...systemd.environment, PIXTRAL_ENGINE_UNIT: 'pixtral-engine.service' },
  });
  expect(await instance.exited).toBe(1);
  expect(instance.aws.group.completed).toEqual(['pixtral-ready ABANDON']);
  expect(instance.report().reason).toMatch(
    /^the model server is not confined as pixtral-engine\.service says: /,
  );
  expect((await systemd.calls()).map((call) => call.split(' ')[0])).toContain('start');
  const state: unknown = JSON.parse(await readFile(join(folder, 'systemd', 'state.json'), 'utf8'));
  expect(state).toMatchObject({ MainPID: 0 });
  await rm(folder, { recursive: true });
});
