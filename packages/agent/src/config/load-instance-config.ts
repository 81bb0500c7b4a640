import { readFile } from 'node:fs/promises';
import { type InstanceConfig, InstanceConfigError, parseInstanceConfig } from './instance-config.ts';

/** @throws InstanceConfigError that names the file. */
export async function loadInstanceConfig(file: string): Promise<InstanceConfig> {
  try {
    return parseInstanceConfig(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new InstanceConfigError(`${file}: ${problem}`, { cause: error });
  }
}
