import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSimulatedRuntime } from '../../src/engine/simulated-runtime.ts';
import { planUpdate } from '../../src/update/plan-update.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updated-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('only model servers with the flag of the update read the other behaviour', async () => {
  const { engineArgument } = planUpdate({ maxModelLen: 16_384 });
  await writeSimulatedRuntime(folder, {
    behaviourFile: '/first.json',
    updated: { engineArgument, behaviourFile: '/up’dated.json' },
  });
  // The script as it is, but for what it starts at the end.
  const script = (await readFile(join(folder, 'bin', 'vllm'), 'utf8')).replace(
    /exec .*/,
    'printenv PIXTRAL_SIMULATE_FILE',
  );
  const choose = async (...args: string[]) =>
    (await promisify(execFile)('sh', ['-c', script, 'vllm', ...args])).stdout.trim();
  expect(await choose('serve', '--max-model-len', '16384')).toBe('/first.json');
  expect(await choose('serve', '--max-model-len', '16128', '--uds', 'x')).toBe('/up’dated.json');
});
