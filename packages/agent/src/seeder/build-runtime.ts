import { mkdir, mkdtemp, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runTool } from '../runtime/run-tool.ts';
import type { RuntimeFormat } from '../runtime/runtime-format.ts';
import { packRuntime } from './pack-runtime.ts';
import { DEFAULT_INTERPRETER, type RuntimeRecipe } from './runtime-kinds.ts';
import { runtimeLauncher } from './runtime-launcher.ts';

export interface BuildRuntimeOptions {
  readonly recipe: RuntimeRecipe;
  /** Python of this machine that installs the packages: of the same minor version as the interpreter. */
  readonly python: string;
  /** Path of Python on the machines that run it. @default '/usr/bin/python3.12' - the AMI's */
  readonly interpreter?: string;
  readonly format: RuntimeFormat;
  /** Folder that shall hold the runtime's one file; appears when that is whole. */
  readonly out: string;
  readonly signal: AbortSignal;
  /** Told at the beginning of each step. */
  readonly onProgress?: (note: string) => void;
}

/** The packages and the packed file lie there at the same time: 8.0 GB and 3.9 GB at most. */
const NEEDED_BYTES = 14e9;

/**
 * Installs the locked packages, every one checked against its hash, and packs them. What an interrupted build leaves is
 * never taken for a runtime.
 * @throws ToolError with the words of pip or of the packer; Error when the disk is too full to begin, or Python another one.
 */
export async function buildRuntime(options: BuildRuntimeOptions): Promise<void> {
  const { recipe, out, signal, onProgress } = options;
  const parent = dirname(out);
  await mkdir(parent, { recursive: true });
  await checkDisk(parent);
  await checkPython(options);
  const work = await mkdtemp(join(parent, `building-${process.pid}-`));
  try {
    const root = join(work, 'root');
    onProgress?.('installing the locked packages');
    const packages = join(root, 'site-packages');
    await installPackages(options, packages, work);
    onProgress?.('compiling the packages');
    await compilePackages(options, packages);
    await writeLauncher(options, root);
    onProgress?.(`packing as ${options.format}`);
    const packed = join(work, 'packed');
    await mkdir(packed);
    await packRuntime({ folder: root, out: packed, format: options.format, signal });
    await rm(out, { recursive: true, force: true });
    await rename(packed, out);
    onProgress?.(`built the ${recipe.kind} runtime`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function installPackages(options: BuildRuntimeOptions, target: string, work: string): Promise<void> {
  const { python, recipe, signal, onProgress } = options;
  const temporary = join(work, 'tmp');
  await mkdir(temporary, { recursive: true });
  const flags = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--no-compile', '--no-cache-dir'];
  await runTool(
    python,
    [
      '-m',
      'pip',
      'install',
      ...flags,
      '--disable-pip-version-check',
      '--target',
      target,
      '-r',
      recipe.lockFile,
    ],
    {
      signal,
      // pip unpacks gigabytes there; the system's own may be a small file system in memory.
      env: { ...process.env, TMPDIR: temporary },
      onLine: (line) => {
        const name = /^(?:Collecting|Installing collected packages:) ?([\w.-]*)/.exec(line.trim())?.[1];
        if (name) onProgress?.(`installing the locked packages: ${name}`);
      },
    },
  );
  if (recipe.distribution) {
    const { name, version } = recipe.distribution;
    const metadata = join(target, `${name}-${version}.dist-info`);
    await mkdir(metadata, { recursive: true });
    await writeFile(
      join(metadata, 'METADATA'),
      `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    );
  }
}

/**
 * Bytecode that is taken as it is: the mounted packages cannot be written to, and each of vLLM's three processes would
 * compile 5,600 modules at every start (19 instead of 8 s of CPU, measured). Hashes, since an image has no dates; a few
 * files of the packages are templates that do not compile.
 */
const COMPILE = [
  'import compileall, py_compile, sys',
  'unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH',
  'compileall.compile_dir(sys.argv[1], quiet=2, stripdir=sys.argv[1], invalidation_mode=unchecked)',
].join('\n');

async function compilePackages({ python, signal }: BuildRuntimeOptions, target: string): Promise<void> {
  await runTool(python, ['-c', COMPILE, target], { signal });
}

async function writeLauncher(
  { recipe, interpreter = DEFAULT_INTERPRETER }: BuildRuntimeOptions,
  root: string,
): Promise<void> {
  await mkdir(join(root, 'bin'), { recursive: true });
  await writeFile(join(root, 'bin', 'vllm'), runtimeLauncher(recipe, interpreter), { mode: 0o755 });
}

/** Wheels and bytecode are for one minor version: those of another one would be installed, and fail on the instance. */
async function checkPython({
  python,
  interpreter = DEFAULT_INTERPRETER,
  signal,
}: BuildRuntimeOptions): Promise<void> {
  const expected = /python(\d+\.\d+)$/.exec(interpreter)?.[1];
  if (expected === undefined) return;
  let got = '';
  const program = 'import sys; print("%d.%d" % sys.version_info[:2])';
  await runTool(python, ['-c', program], { signal, onLine: (line) => (got = line.trim()) });
  if (got !== expected) {
    throw new Error(
      `${python} is Python ${got}, but ${interpreter} runs what it installs: expected ${expected}`,
    );
  }
}

async function checkDisk(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= NEEDED_BYTES) return;
  throw new Error(
    `${folder} has ${gigabytes(free)} free, but building a runtime needs ${gigabytes(NEEDED_BYTES)}: make room, or use another folder`,
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
