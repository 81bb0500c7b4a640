import { join } from 'node:path';
import { writeSimulatedModel } from '@pixtral-fleet/simulator';
import { FileMismatchError } from '../src/files/file-mismatch-error.ts';
import { syncFolder } from '../src/files/sync-folder.ts';
import { PartWorkers } from '../src/files/transfer/part-workers.ts';
import { seed } from '../src/seeder/seed.ts';
import type { ScriptedBucket } from '../test/scripted-aws/scripted-bucket.ts';
import { BUCKET, startScriptedAws } from '../test/scripted-aws/start-scripted-aws.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { type MutantResult, medianOf } from './mutant-result.ts';

export const WEIGHT_MUTANTS = {
  'truncated-weights': 'the file of weights in the bucket ends early',
  'flipped-weight-byte': 'one bit of the weights in the bucket is turned over',
} as const;

export type WeightMutantName = keyof typeof WEIGHT_MUTANTS;

const PREFIX = 'models/simulated/';
const WEIGHTS = `${PREFIX}consolidated.safetensors`;
const BYTES = 4 * 1024 * 1024;
/** Small, so that there are parts before the damaged one. */
const PART_BYTES = 256 * 1024;

/**
 * Seeds a real bucket by the real seeder, damages the weights in it at a random place, and lets the agent's own code
 * fetch them.
 */
export async function tryWeightMutant(options: {
  readonly name: WeightMutantName;
  readonly tries: number;
  readonly signal: AbortSignal;
}): Promise<MutantResult> {
  const { name, signal } = options;
  await using folder = await temporaryFolder();
  await using workers = new PartWorkers(1);
  const source = join(folder.path, 'source');
  await writeSimulatedModel(source, { bytes: BYTES });
  const refusals: (FileMismatchError | undefined)[] = [];
  const times: number[] = [];
  for (let attempt = 0; attempt < options.tries; attempt++) {
    await using aws = await startScriptedAws();
    const place = { s3: aws.s3, bucket: BUCKET, prefix: PREFIX };
    await seed({ ...place, name: 'simulated', folder: source, partBytes: PART_BYTES });
    damage(name, aws.bucket);
    const began = performance.now();
    const target = join(folder.path, `target-${attempt}`);
    refusals.push(
      await mismatchOf(syncFolder({ ...place, workers, folder: target, timeoutMs: 0, signal, onWaiting })),
    );
    times.push(performance.now() - began);
  }
  const caught = refusals.filter((refusal) => refusal !== undefined);
  return {
    name,
    wrong: WEIGHT_MUTANTS[name],
    tries: options.tries,
    caught: caught.length,
    by: caught.length === options.tries ? 'manifest' : 'nothing',
    how: caught[0] ? describe(caught[0]) : '',
    ms: Math.round(medianOf(times)),
  };
}

function damage(name: WeightMutantName, bucket: ScriptedBucket): void {
  const bytes = bucket.objects.get(WEIGHTS)?.bytes ?? Buffer.alloc(0);
  const at = Math.floor(Math.random() * bytes.length);
  if (name === 'flipped-weight-byte') bucket.damage(WEIGHTS, at);
  else bucket.put(WEIGHTS, bytes.subarray(0, at));
}

/** The refusal; undefined when the files were taken. @throws whatever else went wrong. */
async function mismatchOf(work: Promise<unknown>): Promise<FileMismatchError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof FileMismatchError) return error;
    throw error;
  }
}

/** Without hashes and places, which differ from try to try. */
function describe({ message, part }: FileMismatchError): string {
  const what = message.includes('SHA-256') ? 'SHA-256' : 'size';
  return `${what} of ${part === undefined ? 'the file' : 'a part of it'} is not the manifest’s: nothing is started`;
}

function onWaiting(): void {
  // The manifest was seeded just before.
}
