import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { planPreparation } from '../../src/images/preparation.ts';
import { countImageTokens, imagePart, type Picture, type PrepareOptions } from '../../src/index.ts';
import { answerWith, completion } from '../answering-server.ts';
import { recordedImage } from '../recordings.ts';

describe('a prepared picture', () => {
  it('has its EXIF orientation baked in, from bytes and from a file', async () => {
    const rotated = recordedImage('exif-rotated.jpg');
    const path = await file(rotated);
    for (const input of [rotated, path]) {
      const picture = await imagePart(input, { prepare: {} });
      expect(picture.header).toEqual({ format: 'jpeg', width: 160, height: 320 });
      const { data } = await sharp(bytesOf(picture)).raw().toBuffer({ resolveWithObject: true });
      const expected = await sharp(rotated).autoOrient().raw().toBuffer();
      expect(meanDifference(data, expected)).toBeLessThan(4);
      expect(meanDifference(data, await sharp(rotated).raw().toBuffer())).toBeGreaterThan(20);
      const { client, received } = await answerWith(completion('A cat.'));
      await client.chat.create({ messages: [{ role: 'user', content: [picture] }] });
      expect(received).toHaveLength(1);
    }
  });

  it('is scaled down to what the model looks at, and costs the same tokens', async () => {
    const original = await imagePart(recordedImage('4000x3000.png'));
    const picture = await imagePart(recordedImage('4000x3000.png'), { prepare: {} });
    expect(picture.header).toEqual({ format: 'png', width: 1024, height: 768 });
    expect(countImageTokens(picture)).toBe(countImageTokens(original));
  });

  it('can be scaled down further, which saves tokens', async () => {
    const picture = await imagePart(recordedImage('640x480.png'), { prepare: { maxSidePx: 320 } });
    expect(picture.header).toMatchObject({ width: 320, height: 240 });
    expect(countImageTokens(picture)).toBe(15 * 21);
  });

  it('has the chosen colour behind transparent pixels', async () => {
    const picture = await imagePart(recordedImage('rgba.png'), { prepare: { background: '#ff0000' } });
    const { data, info } = await sharp(bytesOf(picture)).raw().toBuffer({ resolveWithObject: true });
    const { data: alpha } = await sharp(recordedImage('rgba.png'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const transparent = Array.from({ length: alpha.length / 4 }, (_, at) => at).filter(
      (at) => alpha[4 * at + 3] === 0,
    );
    expect(info.channels).toBe(3);
    expect(transparent.length).toBeGreaterThan(0);
    for (const at of transparent) expect([...data.subarray(3 * at, 3 * at + 3)]).toEqual([255, 0, 0]);
  });

  it('as JPEG has white behind transparent pixels, as the server would put it', async () => {
    const picture = await imagePart(recordedImage('rgba.png'), { prepare: { format: 'jpeg', quality: 100 } });
    const white = await imagePart(recordedImage('rgba.png'), { prepare: { background: '#fff' } });
    const [data, expected] = await Promise.all(
      [picture, white].map((each) => sharp(bytesOf(each)).raw().toBuffer()),
    );
    expect(picture.mediaType).toBe('image/jpeg');
    expect(meanDifference(data!, expected!)).toBeLessThan(3);
  });

  it.each<[string, PrepareOptions, string]>([
    ['wide.webp', { format: 'jpeg' }, 'jpeg'],
    ['wide.jpg', { format: 'webp', quality: 50 }, 'webp'],
    ['animated.gif', { maxSidePx: 100 }, 'png'],
    ['gray-16bit.png', { format: 'jpeg' }, 'jpeg'],
  ])('%s becomes %j', async (name, prepare, format) => {
    expect((await imagePart(recordedImage(name), { prepare })).header).toMatchObject({ format });
  });

  it.each<[string, PrepareOptions]>([
    ['16x16.png', {}],
    ['wide.jpg', { background: '#000' }],
    ['wide.jpg', { format: 'jpeg', quality: 10 }],
    ['1024x1024.png', { format: 'png' }],
  ])('%s that needs no change by %j is not touched', async (name, prepare) => {
    const bytes = recordedImage(name);
    expect((await imagePart(bytes, { prepare })).source).toEqual({ kind: 'bytes', bytes });
    const path = await file(bytes);
    expect((await imagePart(path, { prepare })).source).toEqual({
      kind: 'file',
      path,
      byteLength: bytes.length,
    });
  });

  it('that cannot be decoded is refused', async () => {
    await expect(
      imagePart(recordedImage('truncated.png'), { prepare: { format: 'webp' } }),
    ).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('the given bytes cannot be prepared: '),
    });
  });

  it.each<[PrepareOptions, string]>([
    [{ maxSidePx: 0 }, '"prepare.maxSidePx" must be a whole number at least 1, got 0'],
    [{ quality: 101 }, '"prepare.quality" must be a whole number from 1 to 100, got 101'],
    [{ background: 'red' }, '"prepare.background" must be #rgb or #rrggbb, got "red"'],
  ])('with %j is refused', async (prepare, message) => {
    await expect(imagePart(recordedImage('16x16.png'), { prepare })).rejects.toThrow(message);
  });

  it('costs the tokens of the original turned upright, whatever its size', () => {
    const side = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 2, max: 8 }), (width, height, exifOrientation) => {
        const plan = planPreparation({ format: 'jpeg', width, height, exifOrientation }, {});
        const upright = exifOrientation >= 5 ? { width: height, height: width } : { width, height };
        expect(plan && countImageTokens(plan)).toBe(countImageTokens(upright));
        expect(plan && Math.max(plan.width, plan.height)).toBeLessThanOrEqual(1024);
      }),
    );
  });
});

function bytesOf({ source }: Picture): Uint8Array {
  if (source.kind !== 'bytes') throw new Error(`expected bytes, got a ${source.kind}`);
  return source.bytes;
}

function meanDifference(a: Buffer, b: Buffer): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

async function file(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'picture');
  await writeFile(path, bytes);
  return path;
}
