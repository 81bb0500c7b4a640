import { countImageTokens, readImageHeader } from '@pixtral-fleet/catalog';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspectImage } from '../../../src/gateway/inspect-image.ts';
import { planPicture } from '../../../src/gateway/normalizing/plan-picture.ts';
import { INSPECT_OPTIONS } from '../request/inspect-options.ts';
import { circle, colourFrames, turnedJpeg } from './drawn-pictures.ts';
import { useNormalizer } from './normalizer-fixture.ts';

const fixture = useNormalizer();
const limits = {
  ...INSPECT_OPTIONS.limits,
  maxImageBytes: 10_485_760,
  normalize: { workers: 1, timeoutSeconds: 60 },
};
const never = new AbortController().signal;

/** As the gateway does it: looked at, then made anew. */
async function normalize(bytes: Buffer) {
  const image = inspectImage(`data:image/png;base64,${bytes.toString('base64')}`, { param: 'url', limits });
  const made = await fixture.normalizer.normalize(() => ({ ...planPicture(image), bytes }), never);
  return { image, made, header: readImageHeader(made) };
}

async function pixels(
  picture: Buffer,
): Promise<{ readonly width: number; at(x: number, y: number): number[] }> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  return {
    width: info.width,
    at: (x, y) => [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)],
  };
}

/** Each channel within a few steps: JPEG and colour profiles round. */
function expectColour(got: readonly number[], expected: readonly number[]): void {
  expect(
    got.map((value, index) => Math.abs(value - (expected[index] ?? 0)) <= 8),
    `${got} is not ${expected}`,
  ).toEqual([true, true, true]);
}

const WHITE = [255, 255, 255];
const plain = (background: string) => sharp({ create: { width: 40, height: 30, channels: 3, background } });

describe('a picture is seen as people see it', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('upright, where EXIF says %i', async (orientation) => {
    const upright = await circle('#ff0000', [false, true]);
    const { image, made, header } = await normalize(await turnedJpeg(upright, orientation));
    expect(header).toEqual({ format: 'jpeg', width: 320, height: 200 });
    expect(image).toMatchObject({ orientation, width: 320, height: 200 });
    const seen = await pixels(made);
    expectColour(seen.at(260, 60), [255, 0, 0]);
    for (const [x, y] of [
      [60, 60],
      [260, 140],
      [60, 140],
    ] as const)
      expectColour(seen.at(x, y), WHITE);
  });

  it('on white, where it is transparent', async () => {
    const seen = await pixels((await normalize(await circle('#000000', [true, false]))).made);
    expect(seen.at(60, 140)).toEqual([0, 0, 0]);
    expect(seen.at(260, 60)).toEqual(WHITE);
  });

  it('by its first frame', async () => {
    const { made, header } = await normalize(await colourFrames('#ff0000', '#0000ff'));
    expect(header).toMatchObject({ format: 'png', width: 64, height: 64 });
    expectColour((await pixels(made)).at(32, 32), [255, 0, 0]);
  });

  it.each([
    [
      '16 bits of grey, which a bare server shows white',
      plain('#404040').toColourspace('grey16').png(),
      [64, 64, 64],
    ],
    ['16 bits of colours', plain('#c08040').toColourspace('rgb16').png(), [192, 128, 64]],
    ['a palette', plain('#c08040').png({ palette: true }), [192, 128, 64]],
    ['grey', plain('#808080').toColourspace('b-w').jpeg(), [128, 128, 128]],
    ['CMYK', plain('#b06040').toColourspace('cmyk').jpeg({ quality: 100 }), [175, 91, 47]],
    // sRGB's green is inside of P3: with its profile it is the same, without it would be another.
    ['a wide colour profile', plain('#00ff00').withIccProfile('p3').png(), [0, 255, 0]],
    ['lossy WebP', plain('#c08040').webp({ quality: 100 }), [192, 128, 64]],
  ] as const)('in its colours, of %s', async (_what, picture, colour) => {
    const { made } = await normalize(await picture.toBuffer());
    expectColour((await pixels(made)).at(20, 15), colour);
    expect(await sharp(made).metadata()).toMatchObject({ space: 'srgb', depth: 'uchar', hasAlpha: false });
  });
});

describe('a picture', () => {
  it.each([
    [1, 1],
    [16, 17],
    [1_024, 1_024],
    [1_025, 1_024],
    [2_048, 33],
    [33, 2_048],
    [1, 4_000],
    [3_000, 2_001],
  ])('of %ix%i takes the tokens that the catalog counts', async (width, height) => {
    const bytes = await sharp({ create: { width, height, channels: 3, background: '#336699' } })
      .png()
      .toBuffer();
    const { image, header } = await normalize(bytes);
    expect(Math.max(header.width, header.height)).toBeLessThanOrEqual(1_024);
    const tokens = countImageTokens({ width, height });
    expect([image.tokens, countImageTokens(header)]).toEqual([tokens, tokens]);
  });

  it('keeps nothing but its pixels', async () => {
    const bytes = await plain('#336699')
      .jpeg()
      .withExif({ IFD0: { Copyright: 'somebody' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">secret</x:xmpmeta>')
      .toBuffer();
    expect(bytes.includes('somebody')).toBe(true);
    const { made } = await normalize(bytes);
    expect(made.includes('somebody') || made.includes('secret') || made.includes('Exif')).toBe(false);
  });

  it('that cannot be decoded is refused with the reason, and the next one is made', async () => {
    const whole = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#f00' } })
      .webp({ lossless: true })
      .toBuffer();
    // The container is whole, what is in it is not.
    const broken = Buffer.from(whole).fill(0xff, 30, whole.length);
    await expect(normalize(broken)).rejects.toThrow(/^the picture cannot be decoded: /);
    await expect(normalize(whole)).resolves.toMatchObject({ header: { width: 300 } });
  });

  it.each([
    ['TIFF', plain('#f00').tiff()],
    ['AVIF', plain('#f00').avif()],
    ['SVG', undefined],
  ])('of another format has no decoder: %s', async (_name, picture) => {
    const bytes =
      (await picture?.toBuffer()) ??
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');
    const job = { bytes, width: 8, height: 8, orientation: 1, format: 'png' } as const;
    await expect(fixture.normalizer.normalize(() => job, never)).rejects.toThrow('unsupported image format');
  });
});
