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
  /**
   * Who mounts an image. The agent's own unit hides its mounts from all others, so that a model server in another unit sees
   * only what the service manager has mounted.
   * @default 'agent'
   */
  readonly mountedBy?: 'agent' | 'service manager';
  readonly signal: AbortSignal;
}

/**
 * Makes a fetched runtime usable: mounts `runtime.squashfs`, unpacks `runtime.tar.zst`, takes a folder as it is.
 * @throws ToolError when it can be neither mounted nor unpacked.
 */
export async function openRuntime(options: OpenRuntimeOptions): Promise<OpenRuntime> {
  const { files, root, signal } = options;
  const image = join(files, runtimeFileName('squashfs'));
  if (await exists(image)) {
    const tools = options.mountedBy === 'service manager' ? SERVICE_MANAGER : AGENT;
    await mountImage(image, { root, tools, signal });
    return { folder: root, close: () => runOn(tools.release, root) };
  }
  const archive = join(files, runtimeFileName('tar.zst'));
  if (await exists(archive)) {
    await unpack(archive, root, signal);
    return { folder: root, close: async () => undefined };
  }
  return { folder: files, close: async () => undefined };
}

interface MountTools {
  readonly mount: readonly [command: string, ...args: string[]];
  readonly unmount: readonly [command: string, ...args: string[]];
  /** Unmounts what this process is done with. */
  readonly release: readonly [command: string, ...args: string[]];
}

/** Read-only, without devices and set-user-id programs: the image is data that somebody else made. */
const MOUNT_OPTIONS = 'loop,ro,nodev,nosuid';

const AGENT: MountTools = {
  mount: ['mount', '-t', 'squashfs', '-o', MOUNT_OPTIONS],
  unmount: ['umount', '--lazy'],
  release: ['umount', '--lazy'],
};

const SERVICE_MANAGER: MountTools = {
  mount: ['systemd-mount', '--type=squashfs', `--options=${MOUNT_OPTIONS}`, '--no-ask-password', '--collect'],
  unmount: ['systemd-umount'],
  // Nobody may wait for it: when the machine goes down, mounts are undone after the services that are there before them, of
  // which the agent is one.
  release: ['systemd-umount', '--no-block'],
};

async function mountImage(
  image: string,
  {
    root,
    tools,
    signal,
  }: { readonly root: string; readonly tools: MountTools; readonly signal: AbortSignal },
): Promise<void> {
  await mkdir(root, { recursive: true });
  // An agent that was killed left its mount; the image may have changed since.
  if (await isMounted(root)) await runOn(tools.unmount, root, signal);
  const [command, ...args] = tools.mount;
  await runTool(command, [...args, image, root], { signal });
}

function runOn(tool: MountTools['unmount'], root: string, signal?: AbortSignal): Promise<void> {
  const [command, ...args] = tool;
  return runTool(command, [...args, root], { signal });
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
