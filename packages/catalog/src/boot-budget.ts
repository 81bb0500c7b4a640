import type { Checkpoint } from './checkpoints.ts';
import type { InstanceType } from './instance-types.ts';
import { BOOT_BUDGET_SECONDS } from './metrics.ts';

/** Bytes of the runtime image: vLLM 0.32.0 for Python 3.12 as squashfs, measured. */
export const RUNTIME_BYTES = 3_900_000_000;

/** One phase of a boot. All of it is computed or assumed; what an instance measures is in its boot report. */
export interface BootPhase {
  readonly name: 'launch' | 'agent-start' | 'files' | 'engine-start' | 'engine-ready' | 'gate';
  /** When all goes as well as it can. */
  readonly bestSeconds: number;
  /** When the network gives its baseline and nothing is cached. */
  readonly worstSeconds: number;
  /** How the two come about, in a sentence, with the source. */
  readonly basis: string;
}

export interface BootBudget {
  readonly phases: readonly BootPhase[];
  readonly bestSeconds: number;
  readonly worstSeconds: number;
  /** `worst`: always within the budget. `best`: only when all goes well. `never`: not even then. */
  readonly within: 'worst' | 'best' | 'never';
}

export interface BootOptions {
  readonly checkpoint: Checkpoint;
  readonly instanceType: InstanceType;
}

/** Reading weights back from memory or NVMe into the GPU, in bytes a second: an assumption, to be measured on a GPU. */
const LOAD_BYTES_PER_SECOND = 2e9;

/** Phases in the order of a boot, and their sums. */
export function budgetBoot({ checkpoint, instanceType }: BootOptions): BootBudget {
  const bytes = checkpoint.weightBytes + RUNTIME_BYTES;
  const { baseline, peak } = instanceType.networkGbps;
  const gigabytes = (bytes / 1e9).toFixed(1);
  const loading = checkpoint.weightBytes / LOAD_BYTES_PER_SECOND;
  const phases: readonly BootPhase[] = [
    {
      name: 'launch',
      bestSeconds: 25,
      worstSeconds: 45,
      basis: 'EC2 until user data runs, with a driver in the image: assumed',
    },
    {
      name: 'agent-start',
      bestSeconds: 2,
      worstSeconds: 5,
      basis: 'agent and Node from S3, about 60 MB: assumed',
    },
    {
      name: 'files',
      bestSeconds: secondsFor(bytes, peak),
      worstSeconds: secondsFor(bytes, baseline),
      basis: `${gigabytes} GB of weights and runtime at ${peak} Gbit/s (burst) or ${baseline} Gbit/s (baseline) of the network card; the NVMe is taken to keep up`,
    },
    {
      name: 'engine-start',
      bestSeconds: 8,
      worstSeconds: 15,
      basis: 'Python, imports, CUDA context: assumed',
    },
    {
      name: 'engine-ready',
      bestSeconds: loading + 34,
      worstSeconds: loading + 80,
      basis: `${(checkpoint.weightBytes / 1e9).toFixed(1)} GB into the GPU at an assumed 2 GB/s; then 34 s with a compile cache (vllm issue 20264), 80 s without (profiling 34, compile 29, graphs 17: the same, and gateway-api-inference-extension PR 550)`,
    },
    {
      name: 'gate',
      bestSeconds: 2,
      worstSeconds: 8,
      basis: 'small pictures at the modelled pace, all at once; one more round at worst',
    },
  ];
  const bestSeconds = sum(phases.map((phase) => phase.bestSeconds));
  const worstSeconds = sum(phases.map((phase) => phase.worstSeconds));
  const within =
    worstSeconds <= BOOT_BUDGET_SECONDS ? 'worst' : bestSeconds <= BOOT_BUDGET_SECONDS ? 'best' : 'never';
  return { phases, bestSeconds, worstSeconds, within };
}

function secondsFor(bytes: number, gbitPerSecond: number): number {
  return (bytes * 8) / (gbitPerSecond * 1e9);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
