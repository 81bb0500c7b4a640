import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { DEFAULT_PART_BYTES, MANIFEST_NAME, type Manifest, type ManifestFile } from '../files/manifest.ts';

/** The manifest of a folder's files, in the order of their paths: the same folder gives the same manifest. */
export async function createManifest(options: {
  readonly name: string;
  readonly folder: string;
  /** @default 64 MiB */
  readonly partBytes?: number;
  readonly signal?: AbortSignal;
}): Promise<Manifest> {
  const { folder, partBytes = DEFAULT_PART_BYTES, signal } = options;
  const paths = (await listFiles(folder)).sort();
  if (paths.length === 0) throw new Error(`${folder} holds no files to seed`);
  if (paths.includes(MANIFEST_NAME)) {
    throw new Error(`${join(folder, MANIFEST_NAME)} would be replaced by the manifest: rename or remove it`);
  }
  const files: ManifestFile[] = [];
  for (const path of paths) files.push(await describeFile(folder, path, { partBytes, signal }));
  return { version: 1, name: options.name, partBytes, files };
}

/** Relative paths with forward slashes. Links to files count as files: that is how Hugging Face's cache holds models. */
async function listFiles(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    if (!(await stat(path)).isFile()) {
      throw new Error(`${path} is neither a file nor a link to one: a bucket cannot hold it`);
    }
    paths.push(relative(folder, path).split(sep).join('/'));
  }
  return paths;
}

/** One pass over the file for all its hashes. */
async function describeFile(
  folder: string,
  path: string,
  { partBytes, signal }: { readonly partBytes: number; readonly signal: AbortSignal | undefined },
): Promise<ManifestFile> {
  const whole = createHash('sha256');
  const parts: string[] = [];
  let part = createHash('sha256');
  let filled = 0;
  let size = 0;
  for await (const chunk of createReadStream(join(folder, path), { highWaterMark: 1024 * 1024, signal })) {
    let bytes: Buffer = chunk;
    whole.update(bytes);
    size += bytes.length;
    while (bytes.length > 0) {
      const taken = bytes.subarray(0, partBytes - filled);
      part.update(taken);
      filled += taken.length;
      bytes = bytes.subarray(taken.length);
      if (filled === partBytes) {
        parts.push(part.digest('hex'));
        part = createHash('sha256');
        filled = 0;
      }
    }
  }
  if (filled > 0) parts.push(part.digest('hex'));
  const { mode } = await stat(join(folder, path));
  return { path, size, sha256: whole.digest('hex'), parts, executable: (mode & 0o111) !== 0 };
}
