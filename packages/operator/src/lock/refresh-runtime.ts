import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findRuntimeRecipe } from '@pixtral-fleet/agent';
import { OperatorError } from '../operator-error.ts';

const run = promisify(execFile);

/** A package of the runtime whose version differs. */
export interface PackageChange {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface RefreshedRuntime {
  /** Lock file of the GPU instances' runtime. */
  readonly file: string;
  /** Its new text. */
  readonly text: string;
  readonly changes: readonly PackageChange[];
}

/** As packages/agent/runtimes/README.md says, but with the newest versions that fit. */
const COMPILE = [
  'pip',
  'compile',
  'requirements.in',
  '--upgrade',
  '--python-version',
  '3.12',
  '--python-platform',
  'x86_64-manylinux_2_28',
  '--generate-hashes',
  '--no-header',
  '--quiet',
  '--output-file',
  'requirements.lock',
];

/**
 * Resolves the GPU runtime's packages anew. Writes nothing.
 * @throws OperatorError with the words of `uv`, or how to get it.
 */
export async function refreshRuntime(signal: AbortSignal): Promise<RefreshedRuntime> {
  const file = findRuntimeRecipe('gpu').lockFile;
  const work = await mkdtemp(join(tmpdir(), 'pixtral-lock-'));
  try {
    await copyFile(join(dirname(file), 'requirements.in'), join(work, 'requirements.in'));
    await run('uv', COMPILE, { cwd: work, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw explain(error);
    });
    const text = await readFile(join(work, 'requirements.lock'), 'utf8');
    return { file, text, changes: diffPackages(await readFile(file, 'utf8'), text) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function explain(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if ('code' in error && error.code === 'ENOENT') {
    return new OperatorError('uv was not found: it resolves the runtime’s packages ("pip install uv")');
  }
  const said = 'stderr' in error ? String(error.stderr).trim() : error.message;
  return new OperatorError(`uv could not resolve the runtime’s packages: ${said}`, { cause: error });
}

/** Packages of two lock files whose versions differ, by name. */
export function diffPackages(before: string, after: string): readonly PackageChange[] {
  const [old, now] = [versions(before), versions(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .toSorted()
    .map((name) => ({ name, from: old.get(name), to: now.get(name) }))
    .filter(({ from, to }) => from !== to);
}

function versions(lock: string): ReadonlyMap<string, string> {
  const found = lock.matchAll(/^([A-Za-z0-9][\w.-]*)==(\S+)/gm);
  return new Map([...found].map(([, name = '', version = '']) => [name, version]));
}
