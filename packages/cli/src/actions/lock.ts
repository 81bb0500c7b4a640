import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@pixtral-fleet/infra/config';
import { formatModelLock, LOCK_FILE_NAME, readModelLock } from '@pixtral-fleet/infra/lock';
import { diffLocks, refreshModels, refreshRuntime } from '@pixtral-fleet/operator/lock';
import type { LockFlags } from '../commands/lock.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { formatLock } from '../output/format-lock.ts';
import { print } from '../output/print.ts';
import { REPOSITORY } from '../repository.ts';

export async function lock(flags: LockFlags): Promise<ExitCode> {
  const config = await loadConfig(flags.config ?? join(REPOSITORY, 'pixtral.config.ts'));
  const file = flags.file ?? join(REPOSITORY, LOCK_FILE_NAME);
  const { signal } = interruptSignal();
  const before = readModelLock(file);
  const after = await refreshModels({
    config,
    lock: before,
    all: flags.all ?? false,
    environment: process.env,
    signal,
  });
  const runtime = flags.runtime ? await refreshRuntime(signal) : undefined;
  const models = diffLocks(before, after);
  const packages = runtime?.changes ?? [];
  const differs = models.length > 0 || packages.length > 0;
  const written = differs && !flags.check;
  if (written && models.length > 0) await writeFile(file, formatModelLock(after));
  if (written && runtime && packages.length > 0) await writeFile(runtime.file, runtime.text);
  print({ models, packages, written, file }, { json: flags.json, format: formatLock });
  return flags.check && differs ? EXIT.failed : EXIT.ok;
}
