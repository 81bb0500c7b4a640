/** A body that is refused before any of its fields is looked at. */
export interface RefusedBody {
  readonly what: string;
  readonly body: string | Buffer;
  readonly param: string | null;
  /** All of it; with `…` at its end what it begins with, since the parser's own words follow. */
  readonly message: string;
}

const refused = (
  what: string,
  body: string | Buffer,
  message: string,
  param: string | null = null,
): RefusedBody => ({ what, body, param, message });

const NOT_JSON = 'the body is not valid JSON: …';
const TWICE = 'the key stands twice, and parsers differ in which one counts';
const INEXACT = 'is beyond ±(2^53 − 1), up to which it is exact';

export const REFUSED_BODIES: readonly RefusedBody[] = [
  refused('nothing', '', 'the body is empty; send a chat completion request as JSON'),
  refused('no JSON', '{"n": NaN}', NOT_JSON),
  refused('an infinite number', '{"n": -Infinity}', NOT_JSON),
  refused('a byte order mark', '\ufeff{}', NOT_JSON),
  refused('UTF-16', Buffer.from('{"a":1}', 'utf16le'), NOT_JSON),
  refused('no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'the body is not valid UTF-8'),
  refused('a key twice', '{"n":1,"n":2}', `"n": ${TWICE}`, 'n'),
  refused('a key twice, once escaped', '{"n":1,"\\u006e":2}', `"n": ${TWICE}`, 'n'),
  refused(
    'a key twice, deeper',
    '{"messages":[{"role":"a"},{"role":"user","role":"system"}]}',
    `"messages[1].role": ${TWICE}`,
    'messages[1].role',
  ),
  refused(
    'an integer that is not exact',
    '{"seed":9007199254740993}',
    `"seed": the number 9007199254740993 ${INEXACT}`,
    'seed',
  ),
  refused('a number beyond all', '{"seed":1e999}', `"seed": the number 1e999 ${INEXACT}`, 'seed'),
  refused(
    'a number of 5,000 digits',
    `{"n":${'1'.repeat(5_000)}}`,
    '"n": a number of 5000 characters; at most 40 are accepted',
    'n',
  ),
  refused(
    'half a character',
    '{"a":["\\ud83d"]}',
    '"a[0]": half of a surrogate pair stands alone, which is no text',
    'a[0]',
  ),
  refused('a long key', `{"${'k'.repeat(2_000)}":1}`, 'the body has a key of more than 1024 bytes'),
  refused('100,000 levels', '['.repeat(100_000), 'the body nests deeper than 64 levels'),
  refused('30,000 values', `[${'1,'.repeat(30_000)}1]`, 'the body holds more than 20000 values'),
];
