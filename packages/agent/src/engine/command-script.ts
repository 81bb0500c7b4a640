import type { EngineCommand } from './engine-command.ts';

/** A shell script that becomes the command, with its environment and no other. */
export function commandScript({ command, args, env }: EngineCommand): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return `exec env -i ${[...variables, command, ...args].map(quote).join(' ')}\n`;
}

/** Between single quotes the shell changes nothing; the quote itself stands outside of them. */
function quote(text: string): string {
  if (text.includes('\0'))
    throw new TypeError('an argument of the model server must not contain a zero byte');
  return `'${text.replaceAll("'", "'\\''")}'`;
}
