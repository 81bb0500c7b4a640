import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectImage } from '../../../src/gateway/inspect-image.ts';
import { Refusal } from '../../../src/gateway/refusal.ts';
import { INSPECT_OPTIONS } from '../request/inspect-options.ts';
import { drawPng } from './draw-png.ts';
import { gif, jpeg, lossless, REFUSED_PICTURES, webp } from './refused-pictures.ts';

const OPTIONS = { param: 'url', limits: INSPECT_OPTIONS.limits };

describe('refused, with the reason', () => {
  it.each(REFUSED_PICTURES.map((picture) => [picture.what, picture] as const))(
    '%s',
    (_what, { url, message }) => {
      expect(refusalOf(url)).toEqual({ status: 400, param: 'url', message: `"url": ${message}` });
    },
  );

  it.each([
    ['exif-rotated.jpg', 'the JPEG is to be turned by its EXIF orientation (6)'],
    ['truncated.png', 'the PNG is cut off'],
    ['truncated.jpg', 'the JPEG is cut off'],
    ['12000x12000.png', 'the picture has 12000x12000 pixels'],
  ])('%s, on which a bare vLLM was recorded', (name, message) => {
    expect(refusalOf(recorded(name))).toMatchObject({ message: expect.stringContaining(message) });
  });
});

describe('passed', () => {
  it.each([
    ['1x1.png', 'png', 2],
    ['palette.png', 'png', undefined],
    ['rgba.png', 'png', undefined],
    ['gray-16bit.png', 'png', undefined],
    ['rgb-16bit.png', 'png', undefined],
    ['wide.jpg', 'jpeg', undefined],
    ['wide.webp', 'webp', undefined],
    ['animated.gif', 'gif', undefined],
    ['1024x1024.png', 'png', 4_160],
  ])('%s', (name, format, tokens) => {
    const image = inspectImage(recorded(name), OPTIONS);
    expect(image.format).toBe(format);
    if (tokens !== undefined) expect(image.tokens).toBe(tokens);
  });

  it('another declared type than the content has: decoders look at the content', () => {
    const url = `data:image/jpeg;base64,${drawPng(8).toString('base64')}`;
    expect(inspectImage(url, OPTIONS).format).toBe('png');
  });
});

it('whatever is done to the bytes of a picture, nothing but a refusal is thrown', () => {
  const wholes = [
    drawPng(8),
    jpeg(),
    gif(Buffer.from([0x2c, 0, 0, 0, 0, 8, 0, 8, 0, 0, 2, 1, 0, 0])),
    webp(lossless(8, 8)),
  ];
  const change = fc.record({ at: fc.nat(400), value: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.constantFrom(...wholes),
      fc.array(change, { maxLength: 4 }),
      fc.nat(400),
      (whole, changes, cut) => {
        const bytes = Buffer.from(whole.subarray(0, cut));
        for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
        const refusal = refusalOf(`data:image/png;base64,${bytes.toString('base64')}`);
        // A PNG that is not whole is never passed on: its checksums tell.
        if (whole === wholes[0] && !bytes.equals(whole)) expect(refusal).toBeDefined();
      },
    ),
    { numRuns: 2_000 },
  );
});

function refusalOf(url: string): object | undefined {
  try {
    inspectImage(url, OPTIONS);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, param: error.param, message: error.message };
  }
}

function recorded(name: string): string {
  const folder = new URL('../../../../simulator/recordings/images/', import.meta.url);
  return `data:image/png;base64,${readFileSync(fileURLToPath(new URL(name, folder))).toString('base64')}`;
}
