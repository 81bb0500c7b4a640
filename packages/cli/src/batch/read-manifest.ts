import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { BatchItem } from '@pixtral-fleet/client';
import { UsageError } from '../exit-codes.ts';

/**
 * The items of a manifest: a line of JSON each, with `image` or `images` (paths, from the manifest's folder), and its own
 * `question` and `id` if it has any. @throws UsageError that names the line
 */
export async function readManifest(file: string): Promise<readonly BatchItem[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [parseEntry(line, { file, number: index + 1 })],
  );
}

function parseEntry(line: string, at: { readonly file: string; readonly number: number }): BatchItem {
  const refuse = (what: string) =>
    new UsageError(`${at.file}, line ${at.number}: ${what}, got ${line.slice(0, 100)}`);
  const entry = parseObject(line);
  if (!entry) throw refuse('must be a JSON object such as {"image": "a.png"}');
  const { image, images = image === undefined ? [] : [image], question, id } = entry;
  const paths = Array.isArray(images) ? images : [];
  if (paths.length === 0 || !paths.every((path) => typeof path === 'string')) {
    throw refuse('"image" must be a path, or "images" a list of paths');
  }
  if (question !== undefined && typeof question !== 'string') throw refuse('"question" must be text');
  if (id !== undefined && typeof id !== 'string') throw refuse('"id" must be text');
  return {
    id: id ?? paths.join(', '),
    image: paths.map((path) => (isAbsolute(path) ? path : join(dirname(at.file), path))),
    ...(question === undefined ? {} : { question }),
  };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Not JSON: the caller says so, with the line.
    return undefined;
  }
}
