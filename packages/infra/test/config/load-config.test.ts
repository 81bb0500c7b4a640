import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPOSITORY } from '../../src/bundle/cache-folder.ts';
import { ConfigError, loadConfig } from '../../src/config/index.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixtral-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('loads the repository’s own config, which is what the defaults say', async () => {
  const config = await loadConfig(join(REPOSITORY, 'pixtral.config.ts'));
  expect(config.instanceTypes[0]?.type).toBe('g5.2xlarge');
});

it('loads and resolves a file', async () => {
  const file = await write('fine.config.ts', 'export default { maxImages: 5 };');
  expect(await loadConfig(file)).toMatchObject({ maxImages: 5, region: 'us-east-1' });
});

it('fails when there is no file, naming where it was looked for', async () => {
  const problem = await problemOf(join(folder, 'absent.config.ts'));
  expect(problem.replace(folder, '<folder>')).toMatchInlineSnapshot(
    `"there is no config at <folder>/absent.config.ts: expected pixtral.config.ts"`,
  );
});

it('fails when the file has no default export, showing the line it needs', async () => {
  const problem = await problemOf(await write('named.config.ts', 'export const config = {};'));
  expect(problem.replace(folder, '<folder>')).toMatchInlineSnapshot(
    `"<folder>/named.config.ts has no default export: export default defineConfig({…})"`,
  );
});

it('fails when the file is not TypeScript, as a mistake of the user: with the file’s name and no stack', async () => {
  const problem = await problemOf(await write('broken.config.ts', 'export default {'));
  expect(problem).toContain(join(folder, 'broken.config.ts'));
});

it('fails when the file throws, with what it threw', async () => {
  const problem = await problemOf(await write('throwing.config.ts', 'throw new Error("no region set");'));
  expect(problem).toContain('no region set');
});

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function problemOf(file: string): Promise<string> {
  const outcome = await loadConfig(file).catch((error: unknown) => error);
  if (outcome instanceof ConfigError) return outcome.message;
  throw outcome instanceof Error ? outcome : new Error(`expected a refusal, got ${JSON.stringify(outcome)}`);
}
