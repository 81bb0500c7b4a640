import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { runTool } from './run-tool.ts';
import { runtimeFileName } from './runtime-format.ts';

/** A runtime that can be started. */
export interface OpenRuntime {
  /** Holds `bin/vllm`. */
  readonly folder: string;
  /** Gives a mounted image back; does nothing else. */
  close(): Promise<void>;
}

export interface OpenRuntimeOptions {
  /** Verified files of the runtime, as the bucket has them. */
  readonly files: string;
  /** Where an image is mounted or an archive unpacked. */
  readonly root: string;
  readonly signal: AbortSignal;
}

/**
 * Makes a fetched runtime usable: mounts `runtime.squashfs`, unpacks `runtime.tar.zst`, takes a folder as it is.
 * @throws ToolError when it can be neither mounted nor unpacked.
 */
export async function openRuntime({ files, root, signal }: OpenRuntimeOptions): Promise<OpenRuntime> {
  const image = join(files, runtimeFileName('squashfs'));
  if (await exists(image)) {
    await mountImage(image, root, signal);
    return { folder: root, close: () => runTool('umount', ['--lazy', root]) };
  }
  const archive = join(files, runtimeFileName('tar.zst'));
  if (await exists(archive)) {
    await unpack(archive, root, signal);
    return { folder: root, close: async () => undefined };
  }
  return { folder: files, close: async () => undefined };
}

/** Read-only, without devices and set-user-id programs: the image is data that somebody else made. */
async function mountImage(image: string, root: string, signal: AbortSignal): Promise<void> {
  await mkdir(root, { recursive: true });
  // An agent that was killed left its mount; the image may have changed since.
  if (await isMounted(root)) await runTool('umount', ['--lazy', root], { signal });
  await runTool('mount', ['-t', 'squashfs', '-o', 'loop,ro,nodev,nosuid', image, root], { signal });
}

async function isMounted(root: string): Promise<boolean> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  return mounts.split('\n').some((line) => line.split(' ')[1] === root);
}

/** Beside the unpacked files: which archive they came from, written last. */
const MARKER = '.unpacked';

async function unpack(archive: string, root: string, signal: AbortSignal): Promise<void> {
  const { size, mtimeMs } = await stat(archive);
  const identity = `${size} ${mtimeMs}`;
  if ((await readFile(join(root, MARKER), 'utf8').catch(() => '')) === identity) return;
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  await runTool('tar', ['-x', '-f', '-', '-C', root], {
    signal,
    feed: (input) => pipeline(createReadStream(archive), createZstdDecompress(), input, { signal }),
  });
  await writeFile(join(root, MARKER), identity);
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
