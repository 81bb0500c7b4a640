import { join } from 'node:path';
import { readSection } from '@pixtral-fleet/smoke-tests/write-section';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { formatCommands, formatExitCodes } from '../../reference/format-commands.ts';
import { createProgram } from '../../src/program.ts';
import { REPOSITORY } from '../../src/repository.ts';

const document = join(REPOSITORY, 'docs', 'cli.md');

describe('docs/cli.md', () => {
  it('lists every command and option as they are declared (npm run docs -w packages/cli writes it)', async () => {
    const written = await readSection({ document, name: 'commands' });
    expect(written).toBe(formatCommands(createProgram(() => undefined)));
  });

  it('lists the exit codes that commands end with', async () => {
    expect(await readSection({ document, name: 'exit codes' })).toBe(formatExitCodes());
  });
});

it('the reference has arguments, choices and defaults, of nested commands too', () => {
  const program = new Command('pixtral');
  program
    .command('group')
    .command('inner')
    .description('does it')
    .argument('<file>', 'a file')
    .option('--at <time>', 'when', '10m');
  expect(formatCommands(program)).toContain(
    '### pixtral group inner\n\nDoes it.\n\n`pixtral group inner <file> [options]`\n\n| option | meaning |\n|---|---|\n| `<file>` | a file |\n| `--at <time>` | when (default: 10m) |',
  );
});
