import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pixtral } from './run-pixtral.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

let folder: string;
let output: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'init-'));
  output = join(folder, 'pixtral.config.ts');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('pixtral init', () => {
  it('writes what the flags say and no more, and says what to do next', async () => {
    const { code, stdout } = await pixtral([
      'init',
      ...['--region', 'eu-central-1', '--max', '1', '--budget', '900', '--email', 'ops@example.com'],
      ...['--output', output],
    ]);
    expect(code).toBe(0);
    expect(await readFile(output, 'utf8')).toMatchInlineSnapshot(`
      "import { defineConfig } from '@pixtral-fleet/infra/config';

      // Only what differs from the defaults. Every option, with unit and default: docs/configuration.md
      export default defineConfig({
        region: 'eu-central-1',
        capacity: { max: 1 },
        operations: { alarmEmail: 'ops@example.com', monthlyBudgetUsd: 900 },
      });
      "
    `);
    expect(stdout).toContain('npm run pixtral -- doctor');
  });

  it('writes a config for which a plan can be made', async () => {
    await pixtral(['init', '--instance-type', 'g6.2xlarge', '--network', 'nat', '--output', output]);
    // The file stands outside the repository: its import is taken away, what it says is the same.
    const source = (await readFile(output, 'utf8')).replace(/^import.*$/m, 'const defineConfig = (c) => c;');
    await writeFile(output, source);
    const { code, stdout } = await pixtral(['plan', '--config', output, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ network: 'nat', instanceTypes: [{ type: 'g6.2xlarge' }] });
  });

  it('never overwrites without --force', async () => {
    await pixtral(['init', '--yes', '--output', output]);
    const before = await readFile(output, 'utf8');
    const refused = await pixtral(['init', '--max', '2', '--output', output]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`${output} is there already: --force overwrites it`);
    expect(await readFile(output, 'utf8')).toBe(before);
    const forced = await pixtral(['init', '--max', '2', '--force', '--output', output]);
    expect(forced.code).toBe(0);
    expect(await readFile(output, 'utf8')).toContain('max: 2');
  });

  it.each([
    [[], 'there is no terminal to ask on: say what you want by flags, or --yes for the defaults'],
    [['--instance-type', 'm5.large'], 'unknown instance type "m5.large"'],
    [['--min', '3', '--max', '2'], 'capacity must have min ≤ desired ≤ max'],
    [['--min', 'few'], '--min must be a number of 0 or more, got "few"'],
    [['--network', 'moon'], 'Allowed choices are isolated, nat, existing'],
    [['--network', 'existing'], 'vpcId'],
    [['--email', 'nobody'], 'operations.alarmEmail'],
  ])('fails with exit code 2 for %j and writes nothing', async (args, message) => {
    const { code, stderr } = await pixtral(['init', ...args, '--output', output]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
    await expect(readFile(output)).rejects.toThrow('ENOENT');
  });
});

describe('pixtral init on a terminal', () => {
  it('asks, and Enter takes the defaults', async () => {
    const screen = await onTerminal('enter');
    for (const question of ['AWS region', 'Instance type', 'Network', 'Instances at most', 'E-mail address'])
      expect(screen).toContain(question);
    expect(await readFile(output, 'utf8')).toContain('defineConfig({})');
  });

  it('writes nothing for somebody who leaves', async () => {
    expect(await onTerminal('leave')).toContain('nothing was written');
    await expect(readFile(output)).rejects.toThrow('ENOENT');
  });
});

/** Runs it on a pseudo-terminal, which Node cannot make by itself. */
async function onTerminal(keys: 'enter' | 'leave'): Promise<string> {
  const bin = join(dirname(HERE), 'bin', 'pixtral.mjs');
  const { stdout } = await promisify(execFile)('python3', [
    join(HERE, 'terminal.py'),
    keys,
    process.execPath,
    bin,
    'init',
    '--output',
    output,
  ]);
  return stdout;
}
