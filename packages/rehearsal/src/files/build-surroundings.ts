import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKPOINTS } from '@pixtral-fleet/catalog';
import { formatModelLock } from '@pixtral-fleet/infra/lock';
import type { RehearsalEngine } from '../engine/index.ts';
import type { Mutant } from '../run/options.ts';
import type { RunDirectory } from '../run/run-directory.ts';
import { type HubFault, startModelHub } from './hub-server.ts';

/** What the build that fills the bucket finds on this machine in place of the internet. */
export interface BuildSurroundings {
  /** Variables of the build. */
  readonly environment: Readonly<Record<string, string>>;
  /** Pins every checkpoint to what the hub of this machine serves; for synth. */
  readonly lockFile: string;
  close(): Promise<void>;
}

const FAULTS: Partial<Readonly<Record<Mutant, HubFault>>> = {
  'corrupt-download': 'wrong-bytes',
  'gated-model': 'gated',
};

/**
 * A hub that serves the engine's model as every checkpoint, and the engine's runtime in the place of one that would take
 * minutes and gigabytes to build: all else of the build is the stack's own.
 */
export async function prepareBuild(options: {
  readonly engine: RehearsalEngine;
  readonly directory: RunDirectory;
  readonly mutant: Mutant | undefined;
}): Promise<BuildSurroundings> {
  const { engine, directory, mutant } = options;
  const files = await engine.files(directory.staging);
  const hub = await startModelHub({ folder: files.model, fault: mutant && FAULTS[mutant] });
  const lockFile = join(directory.staging, 'pixtral.lock.json');
  const models = Object.fromEntries(CHECKPOINTS.map(({ repository }) => [repository, hub.pin]));
  await writeFile(lockFile, formatModelLock({ version: 1, models }));
  return {
    environment: {
      HF_ENDPOINT: hub.url,
      PIXTRAL_NODE: process.execPath,
      PIXTRAL_WORK: join(directory.staging, 'build'),
      PIXTRAL_SEEDER_RUNTIME: files.runtime,
      PIXTRAL_SEEDER_PART_BYTES: String(files.partBytes),
    },
    lockFile,
    close: () => hub.close(),
  };
}
