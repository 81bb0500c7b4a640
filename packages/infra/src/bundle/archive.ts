import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { cacheFolder } from './cache-folder.ts';

/** An archive that an instance fetches, and the hash by which it knows it. */
export interface Archive {
  readonly file: string;
  readonly sha256: string;
}

export interface ArchiveEntry {
  /** Path in the archive. */
  readonly path: string;
  /** Content, or the file that holds it. */
  readonly content: Uint8Array | { readonly file: string };
  /** @default false */
  readonly executable?: boolean;
}

/** Times in archives are fixed: the same content makes the same bytes, and the same launch template version. */
const MTIME = new Date('2026-01-01T00:00:00Z');

/**
 * Writes a reproducible .tar.gz into the cache.
 * @param name of the file, made of the content's hash.
 */
export function writeArchive(entries: readonly ArchiveEntry[], name: (sha256: string) => string): Archive {
  const archives = cacheFolder('archives');
  const staging = mkdtempSync(join(archives, '.staging-'));
  try {
    const content = join(staging, 'content');
    for (const entry of entries) writeEntry(content, entry);
    const partial = join(staging, 'archive.tar.gz');
    create(
      { cwd: content, file: partial, sync: true, portable: true, mtime: MTIME, gzip: { level: 6 } },
      entries.map(({ path }) => path).toSorted(),
    );
    const sha256 = hashOf(partial);
    const file = join(archives, name(sha256));
    renameSync(partial, file);
    return { file, sha256 };
  } finally {
    rmSync(staging, { recursive: true });
  }
}

function writeEntry(folder: string, { path, content, executable = false }: ArchiveEntry): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  if (content instanceof Uint8Array) writeFileSync(file, content);
  else copyFileSync(content.file, file);
  // Whatever the umask of this process: the mode is part of the archive.
  chmodSync(file, executable ? 0o755 : 0o644);
}

export function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
