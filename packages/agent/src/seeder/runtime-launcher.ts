import type { RuntimeRecipe } from './runtime-kinds.ts';

/**
 * The text of `bin/vllm`: finds its packages beside itself, wherever the runtime is mounted. A virtual environment
 * would hold the path at which it was built.
 * @param interpreter path of Python on the machine that runs it
 */
export function runtimeLauncher(recipe: RuntimeRecipe, interpreter: string): string {
  const defaults = Object.entries(recipe.environment).map(
    ([name, value]) => `export ${name}="\${${name}:-${value}}"`,
  );
  const flags = recipe.flags.map((flag) => ` ${quote(flag)}`).join('');
  return [
    '#!/bin/sh',
    'root=$(dirname "$(dirname "$(readlink -f "$0")")")',
    'export PYTHONPATH="$root/site-packages" PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1',
    ...defaults,
    `exec ${quote(interpreter)} -c 'import sys; sys.argv[0] = "vllm"; from vllm.entrypoints.cli.main import main; sys.exit(main())' "$@"${flags}`,
    '',
  ].join('\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
