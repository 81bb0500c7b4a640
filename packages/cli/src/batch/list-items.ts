import { open, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ImageHeaderError, readImageHeader } from '@pixtral-fleet/catalog';
import type { BatchItem } from '@pixtral-fleet/client';
import { UsageError } from '../exit-codes.ts';
import { readManifest } from './read-manifest.ts';

/** Bytes in which every format can be recognised. */
const BEGINNING = 64;

/** The items of a folder, sorted by path, or of a manifest, in its order. @throws UsageError when there are none */
export async function listItems(
  source: string,
  options: { readonly recursive?: boolean | undefined; readonly limit?: number | undefined },
): Promise<readonly BatchItem[]> {
  const found = await stat(source).catch(() => undefined);
  if (!found) throw new UsageError(`${source}: no such folder or manifest`);
  const items = found.isDirectory()
    ? await listFolder(source, options.recursive ?? false)
    : await readManifest(source);
  if (items.length === 0) {
    throw new UsageError(
      found.isDirectory()
        ? `${source}: no PNG, JPEG, WebP or GIF in this folder${options.recursive ? '' : '; --recursive looks in those within it too'}`
        : `${source}: the manifest has no lines`,
    );
  }
  return items.slice(0, options.limit);
}

async function listFolder(folder: string, recursive: boolean): Promise<readonly BatchItem[]> {
  const entries = await readdir(folder, { recursive, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const items: BatchItem[] = [];
  for (const path of paths) {
    if (await isPicture(path)) items.push({ id: relative(folder, path), image: path });
  }
  return items;
}

/** By content, not by name. A picture that is damaged further on is one: its result will say so. */
async function isPicture(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
  try {
    readImageHeader(buffer.subarray(0, bytesRead));
    return true;
  } catch (error) {
    if (!(error instanceof ImageHeaderError)) throw error;
    return error.reason === 'truncated' || error.reason === 'invalid';
  }
}
