import { createHash } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { create } from 'tar';

/** An archive that an instance fetches, and the hash by which it knows it. */
export interface Archive {
  readonly file: string;
  readonly sha256: string;
}

/** Times in archives are fixed: the same content makes the same bytes, and the same launch template version. */
const MTIME = new Date('2026-01-01T00:00:00Z');

/** Writes `files` of a folder as a reproducible .tar.gz. */
export function writeArchive(options: {
  readonly folder: string;
  readonly files: readonly string[];
  readonly file: string;
}): Archive {
  const partial = `${options.file}.${process.pid}`;
  create(
    { cwd: options.folder, file: partial, sync: true, portable: true, mtime: MTIME, gzip: { level: 6 } },
    options.files.toSorted(),
  );
  renameSync(partial, options.file);
  return { file: options.file, sha256: hashOf(options.file) };
}

export function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
