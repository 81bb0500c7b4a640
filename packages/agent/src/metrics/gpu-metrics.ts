import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A GPU as `nvidia-smi` reports it. */
export interface GpuMetrics {
  readonly memoryUsedMiB: number;
  readonly memoryTotalMiB: number;
  /** Percent of the last sample period (up to a second) in which it was busy; undefined where it does not tell. */
  readonly utilizationPercent: number | undefined;
}

const FIELDS = ['memory.used', 'memory.total', 'utilization.gpu'] as const;

/** `nvidia-smi` takes 0.1 s; one that waits for a GPU that has fallen off its bus never ends. */
const TIMEOUT_MS = 5_000;

/**
 * Asks the driver of this machine's GPUs. Undefined where there is no `nvidia-smi`: the metrics are then absent, not zero.
 * @throws Error when it fails, in its own words
 */
export async function readGpuMetrics(command = 'nvidia-smi'): Promise<readonly GpuMetrics[] | undefined> {
  const args = [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits'];
  try {
    return parseGpuMetrics((await run(command, args, { timeout: TIMEOUT_MS, killSignal: 'SIGKILL' })).stdout);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws Error that shows the line that is no GPU: `nvidia-smi` writes its failures to the standard output too. */
export function parseGpuMetrics(text: string): readonly GpuMetrics[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [used = Number.NaN, total = Number.NaN, utilization = Number.NaN] = line
        .split(',')
        .map((field) => (/^\s*\d+(\.\d+)?\s*$/.test(field) ? Number(field) : Number.NaN));
      if (!(used >= 0 && total > 0)) throw new Error(`nvidia-smi reports no GPU memory: ${line.trim()}`);
      return {
        memoryUsedMiB: used,
        memoryTotalMiB: total,
        utilizationPercent: Number.isNaN(utilization) ? undefined : utilization,
      };
    });
}
