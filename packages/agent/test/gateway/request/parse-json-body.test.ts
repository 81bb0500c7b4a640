import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/gateway/refusal.ts';
import { parseJsonBody } from '../../../src/gateway/request/parse-json-body.ts';
import { REFUSED_BODIES } from './refused-bodies.ts';

const read = (body: string | Uint8Array) => parseJsonBody(Buffer.from(body as string));

describe('what two parsers may read differently is refused', () => {
  it.each(REFUSED_BODIES)('$what', ({ body, param, message }) => {
    let refusal: unknown;
    try {
      read(body);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ status: 400, param });
    const text = refusal instanceof Refusal ? refusal.message : '';
    if (message.endsWith('…')) expect(text.startsWith(message.slice(0, -1))).toBe(true);
    else expect(text).toBe(message);
  });
});

describe('everything else is read as it is', () => {
  it('however it is written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(0, 2), (value, indent) => {
        fc.pre(isExact(value));
        const body = JSON.stringify(value, null, indent);
        expect(read(body)).toEqual(JSON.parse(body));
      }),
      { numRuns: 300 },
    );
  });

  it('strings of any length and with any escapes', () => {
    const text = `"\\ ${'\\\\"'.repeat(1_000)} \u{1f600}`;
    expect(read(JSON.stringify({ text, more: [text] }))).toEqual({ text, more: [text] });
    expect(read('{"a":"\\ud83d\\ude00","b":"x"}')).toEqual({ a: '\u{1f600}', b: 'x' });
  });

  it('and whatever is no JSON is a refusal, nothing else', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      '1',
      'e',
      '-',
      'true',
      'null',
      ' ',
      'a',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const body = pieces.join('');
        try {
          expect(read(body)).toEqual(JSON.parse(body));
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Large numbers are refused by design. */
function isExact(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isExact);
  return true;
}
