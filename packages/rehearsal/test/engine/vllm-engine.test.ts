import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeShortage, vllmEngine } from '../../src/engine/vllm-engine.ts';

let repository: string;
beforeEach(async () => {
  repository = await mkdtemp(join(tmpdir(), 'vllm-engine-'));
});
afterEach(() => rm(repository, { recursive: true, force: true }));

test('fails before anything is built when the model is not whole, naming the file', async () => {
  const model = join(repository, 'packages', 'nano', 'model');
  await mkdir(model, { recursive: true });
  await writeFile(join(model, 'params.json'), '{}');
  const engine = vllmEngine({ repository, instances: 1 });
  const prepared = engine.prepare({ signal: new AbortController().signal, onNote: () => {} });
  await expect(prepared).rejects.toThrow(
    `${join(model, 'consolidated.safetensors')} is missing: --engine vllm serves the small model`,
  );
});

test('says when the memory may not do', () => {
  expect(describeShortage(1, 8e9)).toBeUndefined();
  expect(describeShortage(2, 8e9)).toBe(
    '8.0 GB of memory are free, and 2 instances need about 11.2 GB: fewer instances, or end other programs',
  );
});
