import type { Argument, Command, Option } from 'commander';
import { EXIT } from '../src/exit-codes.ts';

/** Every command with its arguments and options, as Markdown, from their declarations. Pure. */
export function formatCommands(program: Command): string {
  const verbs = leaves(program).filter(({ command }) => command.name() !== 'help');
  return [formatOverview(verbs), ...verbs.map(formatVerb)].join('\n\n');
}

/** The exit codes, from the constants that commands end with. */
export function formatExitCodes(): string {
  const meanings: Readonly<Record<keyof typeof EXIT, string>> = {
    ok: 'done, and all is well',
    failed:
      'it ran, and what it looked at is not well: a check, a deployment, a request, something left over',
    couldNotRun:
      'it could not run: wrong usage or config, no credentials, no such stack, something missing here',
    interrupted: 'ended by Ctrl-C',
  };
  const rows = Object.entries(meanings).map(
    ([name, meaning]) => `| ${EXIT[name as keyof typeof EXIT]} | ${meaning} |`,
  );
  return ['| code | meaning |', '|---|---|', ...rows].join('\n');
}

interface Verb {
  /** Words after `pixtral`. */
  readonly name: string;
  readonly command: Command;
}

/** Commands that do something: those that only group others are left out. */
function leaves(command: Command, words: readonly string[] = []): readonly Verb[] {
  return command.commands.flatMap((child): readonly Verb[] => {
    const path = [...words, child.name()];
    return child.commands.length > 0 ? leaves(child, path) : [{ name: path.join(' '), command: child }];
  });
}

function formatOverview(verbs: readonly Verb[]): string {
  const rows = verbs.map(
    ({ name, command }) =>
      `| [\`${name}\`](#pixtral-${name.replaceAll(' ', '-')}) | ${inCell(command.description())} |`,
  );
  return ['| verb | does |', '|---|---|', ...rows].join('\n');
}

function formatVerb({ name, command }: Verb): string {
  const usage = ['pixtral', name, ...command.registeredArguments.map(nameArgument)].join(' ');
  const rows = [
    ...command.registeredArguments.map((argument) => [nameArgument(argument), argument.description]),
    ...command.options.map((option) => [option.flags, describeOption(option)]),
  ];
  const table = rows.map(
    ([left = '', right = '']) => `| \`${left.replaceAll('|', '\\|')}\` | ${inCell(right)} |`,
  );
  return [
    `### pixtral ${name}`,
    `${sentence(command.description())}`,
    `\`${usage}${command.options.length > 0 ? ' [options]' : ''}\``,
    ...(table.length > 0 ? [['| option | meaning |', '|---|---|', ...table].join('\n')] : []),
  ].join('\n\n');
}

function nameArgument(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function describeOption({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices ? ` (one of ${argChoices.join(', ')})` : '';
  const isSaid = defaultValue === undefined || typeof defaultValue === 'boolean';
  return `${description}${choices}${isSaid ? '' : ` (default: ${String(defaultValue)})`}`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '\\<');
}
