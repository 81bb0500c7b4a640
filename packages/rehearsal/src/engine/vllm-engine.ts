import { stat } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { RehearsalError } from '../run/failure.ts';
import { prepareCpuRuntime } from './cpu-runtime.ts';
import type { RehearsalEngine } from './rehearsal-engine.ts';

const MODEL_FILES = ['params.json', 'consolidated.safetensors', 'tekken.json'];

/** Two parts for 4.6 MB of weights, as real ones are in many, and no more than 800 for the runtime. */
const PART_BYTES = 4 * 1024 * 1024;

/** A start takes 40 to 120 s on two cores, and two servers may start at a time. */
const RESTART_DEADLINE_MS = 10 * 60_000;

/** Measured: the emulated bucket holds the runtime in memory (twice while it is put together), a model server takes 4 GB. */
const BUCKET_BYTES = 6.2e9;
const BUCKET_AFTERWARDS_BYTES = 3.2e9;
const SERVER_BYTES = 4e9;

/** vLLM itself on the CPU, with the small model of `packages/nano`. */
export function vllmEngine(options: {
  readonly repository: string;
  readonly instances: number;
  /** @default - `packages/nano/model` of the repository */
  readonly model?: string;
}): RehearsalEngine {
  const { repository, instances, model = join(repository, 'packages', 'nano', 'model') } = options;
  let runtime: string | undefined;
  return {
    name: 'vllm',
    description: 'vLLM 0.32.0 on the CPU, small model (packages/nano)',
    context: { checkpoint: 'nano' },
    restartDeadlineMs: RESTART_DEADLINE_MS,
    // About 1,400 tokens: 5 s with eight streams on two idle cores.
    load: { countTo: 300, constrained: true },
    async prepare({ signal, onNote }) {
      await requireModel(model);
      const shortage = describeShortage(instances, freemem());
      if (shortage) onNote(shortage);
      const { folder, bytes, built } = await prepareCpuRuntime({
        cacheDirectory: join(repository, '.cache'),
        signal,
        onNote,
      });
      runtime = folder;
      return `${(bytes / 1e9).toFixed(1)} GB of runtime, ${built ? 'built' : 'from the cache'}`;
    },
    async files() {
      if (runtime === undefined) throw new Error('the runtime has not been prepared');
      return { model, runtime, partBytes: PART_BYTES };
    },
    // It needs no help with that.
    loadSlowly: async () => undefined,
  };
}

/** What is said where the memory may not do; swap may help, so it is no error. */
export function describeShortage(instances: number, freeBytes: number): string | undefined {
  const needed = Math.max(BUCKET_BYTES, BUCKET_AFTERWARDS_BYTES + instances * SERVER_BYTES);
  if (freeBytes >= needed) return undefined;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  return `${gigabytes(freeBytes)} of memory are free, and ${instances} instances need about ${gigabytes(needed)}: fewer instances, or end other programs`;
}

async function requireModel(folder: string): Promise<void> {
  for (const name of MODEL_FILES) {
    const file = join(folder, name);
    try {
      await stat(file);
    } catch (error) {
      throw new RehearsalError(
        `${file} is missing: --engine vllm serves the small model, which is part of this repository (git checkout packages/nano/model)`,
        { cause: error },
      );
    }
  }
}
