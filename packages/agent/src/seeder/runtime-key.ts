import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RuntimeFormat } from '../runtime/runtime-format.ts';
import { DEFAULT_INTERPRETER, type RuntimeRecipe } from './runtime-kinds.ts';
import { runtimeLauncher } from './runtime-launcher.ts';

/** 16 hexadecimal digits that differ when the runtime does: its lock file, its launcher, how it is packed. */
export function runtimeKey(
  recipe: RuntimeRecipe,
  built: { readonly interpreter?: string; readonly format: RuntimeFormat },
): string {
  return createHash('sha256')
    .update(readFileSync(recipe.lockFile))
    .update(runtimeLauncher(recipe, built.interpreter ?? DEFAULT_INTERPRETER))
    .update(JSON.stringify([recipe.distribution ?? null, built.format]))
    .digest('hex')
    .slice(0, 16);
}
