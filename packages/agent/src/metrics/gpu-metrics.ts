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

/** `nvidia-smi` takes 0.02 s (H200, driver 580.159.04); one that waits for a GPU that has fallen off its bus never ends. */
const TIMEOUT_MS = 5_000;

/**
 * Asks the driver of this machine's GPUs. Undefined where there is no `nvidia-smi`: the metrics are then absent, not zero.
 * @throws Error when it fails, in its own words
 */
export async function readGpuMetrics(command = 'nvidia-smi'): Promise<readonly GpuMetrics[] | undefined> {
  const args = [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await run(command, args, { timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
    return parseGpuMetrics(stdout);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`nvidia-smi failed: ${wordsOf(error)}`, { cause: error });
  }
}

/** Without a GPU it says so on its standard output and exits with code 6. */
function wordsOf(error: unknown): string {
  const { stderr = '', stdout = '' } = error as { readonly stderr?: string; readonly stdout?: string };
  return (stderr || stdout).trim() || String(error);
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
