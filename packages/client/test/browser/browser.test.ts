import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import type * as browser from '../../src/browser/index.ts';

const pictures = join(import.meta.dirname, '..', '..', '..', 'simulator', 'recordings', 'images');
let page: typeof browser;

beforeAll(async () => {
  // A bundle for browsers fails where something of Node is imported; the context has nothing of Node either.
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '..', '..', 'src', 'browser', 'index.ts')],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'page',
    write: false,
  });
  const context = createContext({ Uint8Array });
  page = runInContext(`${outputFiles[0]?.text}; page`, context);
});

describe('in a page', () => {
  it('a picture is told by its content, with its size and tokens', async () => {
    expect(await examine('1680x2240.png')).toEqual({
      format: 'png',
      width: 1680,
      height: 2240,
      imageTokens: 3136,
      refusal: undefined,
    });
    expect(await examine('wide.webp')).toMatchObject({ format: 'webp', refusal: undefined });
  });

  it('a picture that a fleet would refuse is refused in the same words', async () => {
    expect((await examine('12000x12000.png')).refusal).toMatch(
      /^the picture has 12000x12000 pixels, at most 16777216 in all are accepted/,
    );
    expect((await examine('exif-rotated.jpg')).refusal).toMatch(/EXIF orientation \(6\)/);
    expect(await page.examineImage(new Blob(['x'.repeat(11 * 1_048_576)]))).toMatchObject({
      format: undefined,
      refusal: 'the picture has 11534336 bytes, at most 10485760 are accepted',
    });
    expect(page.refuseImageCount(5, page.DEFAULT_IMAGE_LIMITS)).toBe(
      'at most 4 pictures may be in one request',
    );
  });

  it('what is no picture is no error of the page', async () => {
    expect(await examine('vector.svg')).toMatchObject({
      imageTokens: undefined,
      refusal: expect.stringMatching(/^not a picture that can be read: expected PNG, JPEG, WebP or GIF/),
    });
    expect((await page.examineImage(new Blob([]))).refusal).toBe(
      'not a picture that can be read: the picture has zero bytes',
    );
  });

  it('tokens of a size need no picture', () => {
    expect(page.countImageTokens({ width: 1024, height: 1024 })).toBe(4160);
  });
});

async function examine(file: string) {
  return page.examineImage(new Blob([await readFile(join(pictures, file))]));
}
