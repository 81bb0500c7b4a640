import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commandScript } from '../../src/engine/command-script.ts';
import { temporaryFolder } from '../temporary-folder.ts';

it('gives the program exactly these arguments and this environment, whatever they hold', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'command');
  const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0'));
  const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/);
  const print = 'console.log(JSON.stringify([process.argv.slice(1), process.env]))';
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.dictionary(name, text), async (args, given) => {
      const env = { ...given };
      await writeFile(
        file,
        commandScript({ command: process.execPath, args: ['-e', print, '--', ...args], env }),
      );
      const printed: unknown = JSON.parse(execFileSync('/bin/sh', [file], { encoding: 'utf8' }));
      expect(printed).toEqual([args, env]);
    }),
    { numRuns: 25 },
  );
});

it('fails for what no program can be given', () => {
  expect(() => commandScript({ command: 'vllm', args: ['a\0b'], env: {} })).toThrow('zero byte');
});
