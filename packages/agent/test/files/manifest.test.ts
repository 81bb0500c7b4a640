import { isAbsolute, join, normalize, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Manifest, parseManifest } from '../../src/files/manifest.ts';

const HASH = 'a'.repeat(64);
const FILE = { path: 'bin/vllm', size: 5, sha256: HASH, parts: [HASH], executable: true };
const MANIFEST: Manifest = { version: 1, name: 'runtime', partBytes: 8, files: [FILE] };

const parse = (value: unknown) => parseManifest(JSON.stringify(value), 's3://bucket/m/manifest.json');
const withFile = (change: Readonly<Record<string, unknown>>) => ({
  ...MANIFEST,
  files: [{ ...FILE, ...change }],
});

test('a manifest is read as it was written', () => {
  expect(parse(MANIFEST)).toEqual(MANIFEST);
});

describe('what is no manifest is refused, and the message names it', () => {
  test.for([
    ['a way out of the folder', withFile({ path: '../etc/passwd' })],
    ['a way out in the middle', withFile({ path: 'a/../../b' })],
    ['an absolute path', withFile({ path: '/etc/passwd' })],
    ['an unknown field', { ...MANIFEST, signature: '' }],
    ['a missing part', withFile({ size: 9 })],
    ['a hash that is none', withFile({ sha256: 'A'.repeat(64) })],
    ['a path twice', { ...MANIFEST, files: [FILE, FILE] }],
    ['no files', { ...MANIFEST, files: [] }],
    ['another version', { ...MANIFEST, version: 2 }],
  ] as const)('%s', ([name, manifest]) => {
    expect(() => parse(manifest)).toThrowErrorMatchingSnapshot(name);
  });

  test('not JSON', () => {
    expect(() => parseManifest('<Error/>', 's3://b/m')).toThrowErrorMatchingInlineSnapshot(
      `[Error: s3://b/m is not JSON]`,
    );
  });
});

test('no path that is accepted leads out of the folder', () => {
  const segment = fc.oneof(
    fc.constantFrom('.', '..', '', '...', '\\', 'a', '..\\b', '\0', '~'),
    fc.string({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (segments) => {
      const path = segments.join('/');
      try {
        parse(withFile({ path }));
      } catch {
        // Refused: nothing is written.
        return;
      }
      const inside = relative('/folder', normalize(join('/folder', path)));
      expect(inside).not.toBe('');
      expect(inside.split('/')[0]).not.toBe('..');
      expect(isAbsolute(path)).toBe(false);
    }),
    { numRuns: 500 },
  );
});
