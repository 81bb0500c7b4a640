/** The one vLLM that everything here is made for: on the GPU, in the rehearsal, and recorded for the simulator. */
export const VLLM_VERSION = '0.32.0';

/** Oldest vLLM without a published vulnerability (GHSA-3c86-2m5g-59q7, as of September 2026). */
export const VLLM_VERSION_FLOOR = '0.28.0';

/** Below 0 when `a` is older than `b`, 0 when they are the same release. @throws RangeError for anything but X.Y.Z. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  const differing = left.findIndex((number, index) => number !== right[index]);
  return differing === -1 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}

function parse(version: string): readonly number[] {
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new RangeError(`a version must be three numbers such as 0.32.0, got ${JSON.stringify(version)}`);
  return version.split('.').map(Number);
}
