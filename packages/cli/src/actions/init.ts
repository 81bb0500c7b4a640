import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type ConfigWishes, chooseConfig, renderConfig } from '@pixtral-fleet/operator/init';
import type { InitFlags } from '../commands/init.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { REPOSITORY } from '../repository.ts';

export async function init(flags: InitFlags): Promise<ExitCode> {
  const file = resolve(flags.output ?? join(REPOSITORY, 'pixtral.config.ts'));
  const wishes = await learnWishes(flags);
  if (!wishes) return EXIT.interrupted;
  const source = renderConfig(chooseConfig(wishes));
  await write(file, source, flags.force ?? false);
  console.log(`${source}\nwritten to ${file}\n\n${nextSteps(file)}`);
  return EXIT.ok;
}

/** Undefined when somebody left in the middle of being asked. */
async function learnWishes(flags: InitFlags): Promise<ConfigWishes | undefined> {
  const { budget, email, yes, force: _, output: __, ...same } = flags;
  const said: ConfigWishes = { ...same, monthlyBudgetUsd: budget, alarmEmail: email };
  if (yes) return said;
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const { askWishes } = await import('../prompts/ask-wishes.ts');
    return askWishes(said);
  }
  if (Object.values(said).some((wish) => wish !== undefined)) return said;
  throw new UsageError(
    'there is no terminal to ask on: say what you want by flags, or --yes for the defaults',
  );
}

/** `wx` lets the file system refuse, so that nothing is lost between looking and writing. */
async function write(file: string, source: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, source, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new UsageError(`${file} is there already: --force overwrites it, --output writes elsewhere`);
    }
    throw error;
  }
}

function nextSteps(file: string): string {
  const own = file === join(REPOSITORY, 'pixtral.config.ts');
  const config = own ? '' : ` --config ${relative(process.cwd(), file)}`;
  return [
    'Next:',
    `  npm run pixtral -- plan${config}      what it deploys and costs`,
    `  npm run pixtral -- doctor${config}    whether your account is ready for it`,
    '  npm start                     the whole fleet on this machine, without AWS',
    '  npm run pixtral -- deploy     for real',
  ].join('\n');
}
