import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/gateway/refusal.ts';
import { parseJsonBody } from '../../../src/gateway/request/parse-json-body.ts';

const read = (body: string | Uint8Array) => parseJsonBody(Buffer.from(body as string));

describe('what two parsers may read differently is refused', () => {
  it.each([
    ['', null, 'the body is empty; send a chat completion request as JSON'],
    ['{"n": NaN}', null, 'the body is not valid JSON: '],
    ['{"n": -Infinity}', null, 'the body is not valid JSON: '],
    ['{"n":1,"n":2}', 'n', '"n": the key stands twice, and parsers differ in which one counts'],
    ['{"n":1,"\\u006e":2}', 'n', '"n": the key stands twice, and parsers differ in which one counts'],
    [
      '{"messages":[{"role":"a"},{"role":"user","role":"system"}]}',
      'messages[1].role',
      '"messages[1].role": the key stands twice, and parsers differ in which one counts',
    ],
    ['{"seed":9007199254740993}', 'seed', '"seed": the number 9007199254740993 is beyond ±(2^53 − 1)'],
    ['{"seed":1e999}', 'seed', '"seed": the number 1e999 is beyond ±(2^53 − 1)'],
    [`{"n":${'1'.repeat(5_000)}}`, 'n', '"n": a number of 5000 characters; at most 40 are accepted'],
    ['{"a":["\\ud83d"]}', 'a[0]', '"a[0]": half of a surrogate pair stands alone, which is no text'],
    [`{"${'k'.repeat(2_000)}":1}`, null, 'the body has a key of more than 1024 bytes'],
    ['['.repeat(100_000), null, 'the body nests deeper than 64 levels'],
    [`[${'1,'.repeat(30_000)}1]`, null, 'the body holds more than 20000 values'],
    [Buffer.from([0x22, 0xff, 0x22]), null, 'the body is not valid UTF-8'],
    [Buffer.from('{"a":1}', 'utf16le'), null, 'the body is not valid JSON: '],
    ['\ufeff{}', null, 'the body is not valid JSON: '],
  ])('%j', (body, param, message) => {
    let refusal: unknown;
    try {
      read(body);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ status: 400, param });
    expect(String(refusal)).toContain(message);
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
