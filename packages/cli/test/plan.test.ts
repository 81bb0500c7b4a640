import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixtral } from './run-pixtral.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('pixtral plan', () => {
  it('answers for people each question in a section of its own', async () => {
    const { code, stdout } = await pixtral(['plan']);
    expect(code).toBe(0);
    for (const title of [
      'Instances',
      'GPU memory, GiB',
      'Boot of g5.2xlarge, seconds',
      'Cost a month, US dollars (us-east-1)',
      'US dollars for 1,000 images (modelled, not measured; the instance alone)',
      'Break-even against an API at $0.15 a million tokens in and out',
    ])
      expect(stdout).toContain(title);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(240);
  });

  it('plans for the config that it is given, and tells all of it as JSON', async () => {
    const file = await config('{ capacity: { min: 0, desired: 1, max: 3 }, region: "eu-central-1" }');
    const { code, stdout } = await pixtral(['plan', '--config', file, '--json']);
    const plan: unknown = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(plan).toMatchObject({
      region: 'eu-central-1',
      capacity: { min: 0, desired: 1, max: 3 },
      monthly: { lines: expect.arrayContaining([expect.objectContaining({ item: 'EC2 g5.2xlarge' })]) },
    });
  });

  it('refuses a config that could not be deployed, with what would fit', async () => {
    const file = await config('{ checkpoint: "bf16" }');
    const { code, stderr } = await pixtral(['plan', '--config', file]);
    expect(stderr).toContain('bf16 does not fit g5.2xlarge');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  });

  it.each([
    [['--images-per-month', 'many'], '--images-per-month must be a number of 0 or more, got "many"'],
    [
      ['--api-price-per-1k-images', '-1'],
      '--api-price-per-1k-images must be a number of 0 or more, got "-1"',
    ],
    [['--config', '/no/such.ts'], 'there is no config at /no/such.ts'],
    [['--diff', '--json'], '--diff prints what CDK prints: leave out --json'],
  ])('fails with exit code 2 for %j', async (args, message) => {
    const { code, stderr } = await pixtral(['plan', ...args]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

async function config(source: string): Promise<string> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.config.ts`);
  await writeFile(file, `export default ${source};\n`);
  return file;
}
