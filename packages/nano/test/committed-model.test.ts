import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const PACKAGE = join(import.meta.dirname, '..');
const MODEL = join(PACKAGE, 'model');

describe('the committed model', () => {
  test('is what the manifest says: a folder that vLLM serves, and nothing else', () => {
    const { files } = JSON.parse(readFileSync(join(PACKAGE, 'manifest.json'), 'utf8'));
    const found = readdirSync(MODEL)
      .sort()
      .map((path) => {
        const content = readFileSync(join(MODEL, path));
        return { path, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
      });
    expect(found).toEqual(files);
  });
});
