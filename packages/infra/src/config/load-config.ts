import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from './config-error.ts';
import type { ResolvedConfig } from './config-schema.ts';
import { resolveConfig } from './resolve-config.ts';

/** Loads and resolves a config file. @throws ConfigError when it is missing or wrong. */
export async function loadConfig(path: string): Promise<ResolvedConfig> {
  const file = resolve(path);
  if (!existsSync(file)) throw new ConfigError(`there is no config at ${file}: expected pixtral.config.ts`);
  const module = await importConfig(file);
  if (module.default === undefined)
    throw new ConfigError(`${file} has no default export: export default defineConfig({…})`);
  return resolveConfig(module.default);
}

async function importConfig(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${file} could not be loaded: ${reason}`, { cause: error });
  }
}
