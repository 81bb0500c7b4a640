import { existsSync, readFileSync } from 'node:fs';
import { type ModelPin, modelPinSchema } from '@pixtral-fleet/agent';
import { z } from 'zod';
import { ConfigError } from '../config/index.ts';

/** `pixtral.lock.json`: which commit of each repository is served, and what it holds, to the byte. */
export interface ModelLock {
  readonly version: 1;
  /** By Hugging Face repository. */
  readonly models: Readonly<Record<string, ModelPin>>;
}

/** Name of the lock file, beside `pixtral.config.ts`. */
export const LOCK_FILE_NAME = 'pixtral.lock.json';

const EMPTY: ModelLock = { version: 1, models: {} };

const schema: z.ZodType<ModelLock> = z.strictObject({
  version: z.literal(1),
  models: z.record(z.string(), modelPinSchema),
});

/** An absent file locks nothing. @throws ConfigError that names the file and what is wrong with it. */
export function readModelLock(file: string): ModelLock {
  if (!existsSync(file)) return EMPTY;
  try {
    return parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${file} cannot be used: ${reason}; "pixtral lock" writes it anew`, {
      cause: error,
    });
  }
}

function parse(value: unknown): ModelLock {
  const result = schema.safeParse(value);
  if (!result.success) throw new Error(z.prettifyError(result.error));
  return result.data;
}

/** The lock as its file's text: repositories in order, so that two machines write the same. */
export function formatModelLock(lock: ModelLock): string {
  const models = Object.fromEntries(
    Object.entries(lock.models).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))),
  );
  return `${JSON.stringify({ version: lock.version, models }, null, 2)}\n`;
}
