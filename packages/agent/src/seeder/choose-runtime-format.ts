import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRuntime } from '../runtime/open-runtime.ts';
import { ToolError } from '../runtime/run-tool.ts';
import type { RuntimeFormat } from '../runtime/runtime-format.ts';
import { packRuntime } from './pack-runtime.ts';

export interface ChosenFormat {
  readonly format: RuntimeFormat;
  /** Why images cannot be used here; undefined when they can. */
  readonly reason: string | undefined;
}

/**
 * The format in which this machine can both make and open a runtime: an image when a tiny one can be packed and mounted
 * (needs `mksquashfs`, root, and a kernel that lets it), else an archive. Tried, not guessed: containers differ.
 * @param folder where there is room for a few kilobytes
 */
export async function chooseRuntimeFormat(folder: string, signal: AbortSignal): Promise<ChosenFormat> {
  await mkdir(folder, { recursive: true });
  const trial = await mkdtemp(join(folder, 'image-trial-'));
  try {
    const [content, files] = [join(trial, 'content'), join(trial, 'files')];
    await mkdir(content);
    await mkdir(files);
    await writeFile(join(content, 'file'), '');
    await packRuntime({ folder: content, out: files, format: 'squashfs', signal });
    const opened = await openRuntime({ files, root: join(trial, 'root'), signal });
    await opened.close();
    return { format: 'squashfs', reason: undefined };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { format: 'tar.zst', reason: error.message };
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}
