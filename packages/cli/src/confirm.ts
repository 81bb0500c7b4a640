import { confirm as ask, isCancel, password, text } from '@clack/prompts';
import { UsageError } from './exit-codes.ts';

/** Asks on standard error, so that standard output stays for the result. */
const output = process.stderr;

/** Asked for and not given: nothing was changed. */
const DECLINED = 'nothing was changed';

/** @throws UsageError when the answer is no, or when there is nobody to ask and `--yes` was not given */
export async function confirm(message: string, flags: { readonly yes?: boolean | undefined }): Promise<void> {
  if (flags.yes) return;
  requireTerminal('--yes');
  if ((await ask({ message, initialValue: false, output })) !== true) throw new UsageError(DECLINED);
}

/** Lets the user type a word, for what cannot be taken back. @throws UsageError unless it is that word */
export async function confirmByTyping(
  word: string,
  message: string,
  flags: { readonly yes?: boolean | undefined },
): Promise<void> {
  if (flags.yes) return;
  requireTerminal('--yes');
  const typed = await text({ message, placeholder: word, output });
  if (isCancel(typed) || typed.trim() !== word) throw new UsageError(DECLINED);
}

/** A secret from standard input, or typed without being shown; never from an argument. */
export async function readSecret(message: string): Promise<string> {
  if (!process.stdin.isTTY) return (await readInput()).trim();
  const typed = await password({ message, output });
  if (isCancel(typed)) throw new UsageError(DECLINED);
  return typed;
}

async function readInput(): Promise<string> {
  let input = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) input += chunk;
  return input;
}

function requireTerminal(flag: string): void {
  if (process.stdin.isTTY && process.stderr.isTTY) return;
  throw new UsageError(`this asks for a confirmation, and there is no terminal to ask on: give ${flag}`);
}
