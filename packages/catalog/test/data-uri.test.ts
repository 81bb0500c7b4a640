import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDataUri } from '../src/index.ts';

describe('a data URI', () => {
  it('gives back the bytes that it was made of', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('image/png', '', 'text/x'),
        (bytes, type) => {
          const read = readDataUri(`data:${type};base64,${Buffer.from(bytes).toString('base64')}`);
          expect('bytes' in read && Buffer.from(read.bytes).equals(bytes)).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['data:image/png,abc', 'a data URI must be base64: data:image/png;base64,…'],
    ['data:image/svg+xml;utf8,<svg/>', 'a data URI must be base64: data:image/png;base64,…'],
    [`data:${'x'.repeat(300)};base64,AAAA`, 'a data URI must be base64: data:image/png;base64,…'],
    ['data:image/png;base64,AAA', 'the data URI is not valid base64'],
    ['data:image/png;base64,AA AA AA', 'the data URI is not valid base64'],
    ['data:image/png;base64,A-_A', 'the data URI is not valid base64'],
    ['data:image/png;base64,A===', 'the data URI is not valid base64'],
  ])('%s is refused', (uri, refusal) => {
    expect(readDataUri(uri)).toEqual({ refusal });
  });

  it('with anything that does not belong is refused, wherever it stands', () => {
    const foreign = fc.constantFrom(' ', '\n', '-', '_', '%', ',', 'é', '\0');
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 3, maxLength: 60 }),
        fc.nat(),
        foreign,
        (bytes, at, character) => {
          const base64 = Buffer.from(bytes).toString('base64');
          const place = at % base64.length;
          const damaged = base64.slice(0, place) + character + base64.slice(place + 1);
          expect(readDataUri(`data:image/png;base64,${damaged}`)).toEqual({
            refusal: 'the data URI is not valid base64',
          });
        },
      ),
    );
  });

  it('is taken exactly where the alphabet and the padding of RFC 4648 §4 say so', () => {
    // U+0141 has the low byte of `A`; the URL-safe alphabet is another one.
    const character = fc.constantFrom(...'AZaz09+/', ...'-_=.% \n\0é\u0141\u3d3d');
    const base64 = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'AZaz09+/='), maxLength: 24 }),
      fc.string({ unit: character, maxLength: 24 }),
      // Long ones are decoded by other instructions.
      fc.tuple(fc.string({ unit: character, maxLength: 4 }), fc.nat(300)).map(([odd, length]) => {
        const text = 'Qm9i'.repeat(100);
        return text.slice(0, length) + odd + text.slice(length + odd.length);
      }),
    );
    fc.assert(
      fc.property(base64, (text) => {
        const isRight = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
        expect('bytes' in readDataUri(`data:image/png;base64,${text}`)).toBe(isRight);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read without an exception, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = readDataUri(text);
        expect('bytes' in read ? read.bytes.length : read.refusal.length).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
