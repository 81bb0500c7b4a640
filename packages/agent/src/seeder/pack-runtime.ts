import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { runTool, ToolError } from '../runtime/run-tool.ts';
import { type RuntimeFormat, runtimeFileName } from '../runtime/runtime-format.ts';

/** zstd's level: 3 makes 8.0 GB into 3.9 GB; higher ones cost minutes and save little. */
const LEVEL = 3;

/** Packs an environment's folder into one file in `out`; returns its path. */
export async function packRuntime(options: {
  readonly folder: string;
  readonly out: string;
  readonly format: RuntimeFormat;
  readonly signal: AbortSignal;
}): Promise<string> {
  const { folder, out, format, signal } = options;
  const file = join(out, runtimeFileName(format));
  if (format === 'squashfs') {
    const compression = ['-comp', 'zstd', '-Xcompression-level', String(LEVEL)];
    // Owned by root and dated alike, so that the same files make the same image.
    const reproducible = ['-all-root', '-mkfs-time', '0', '-all-time', '0'];
    const quiet = ['-no-progress', '-quiet', '-noappend'];
    await runTool('mksquashfs', [folder, file, ...compression, ...reproducible, ...quiet], { signal });
    return file;
  }
  await packArchive(folder, file, signal);
  return file;
}

async function packArchive(folder: string, file: string, signal: AbortSignal): Promise<void> {
  const tar = spawn('tar', ['-c', '-f', '-', '-C', folder, '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  const ended = once(tar, 'close');
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  await pipeline(tar.stdout, compress, createWriteStream(file), { signal });
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new ToolError(`tar ended with code ${code}`);
}
