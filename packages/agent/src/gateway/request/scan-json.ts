import { Refusal } from '../refusal.ts';

/** Lists and objects inside each other; a chat completion with a JSON Schema of the deepest kind has 40. */
const DEEPEST = 64;

/** Values of all kinds. A thousand messages of two parts each have 9,000. */
const MOST_VALUES = 20_000;

/** Bytes of a key; the longest that means anything is a pattern in a JSON Schema. */
const LONGEST_KEY = 1_024;

/** Characters of a number. Python refuses integers of more than 4,300 digits with an error that nobody understands. */
const LONGEST_NUMBER = 40;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** `start` is the index of the opening quote, `end` that after the closing one. */
export type StringVisitor = (string: {
  readonly path: () => string;
  readonly start: number;
  readonly end: number;
}) => void;

interface Level {
  /** Keys so far; undefined for a list. */
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
  expectsKey: boolean;
}

/**
 * Looks through JSON text before it is parsed, in one pass that skips strings, and refuses what would be costly to
 * parse or what two parsers may read differently: depth, number of values, a key that stands twice, numbers that a
 * double does not hold, half surrogate pairs. Whether it is JSON at all is for the parser to say.
 * @param onString is told of every string that is a value: where it stands, as errors name it, and of its quotes
 * @throws Refusal
 */
export function scanJson(bytes: Buffer, onString?: StringVisitor): void {
  const levels: Level[] = [];
  let values = 0;
  let nextBackslash = bytes.indexOf(BACKSLASH);
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    const top = levels.at(-1);
    switch (byte) {
      case QUOTE: {
        const end = endOfString(at + 1);
        readString(at, end, top);
        at = end + 1;
        continue;
      }
      case 0x7b: // {
      case 0x5b: // [
        countValue();
        if (levels.length === DEEPEST) throw new Refusal(400, `the body nests deeper than ${DEEPEST} levels`);
        levels.push({
          keys: byte === 0x7b ? new Set() : undefined,
          key: '',
          index: 0,
          expectsKey: byte === 0x7b,
        });
        break;
      case 0x7d: // }
      case 0x5d: // ]
        levels.pop();
        break;
      case 0x3a: // :
        if (top) top.expectsKey = false;
        break;
      case 0x2c: // ,
        if (top) {
          top.index++;
          top.expectsKey = top.keys !== undefined;
        }
        break;
      default:
        if (byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)) {
          at = readNumber(at);
          continue;
        }
        if (byte === 0x74 || byte === 0x66 || byte === 0x6e) countValue(); // true, false, null
    }
    at++;
  }

  function countValue(): void {
    if (++values > MOST_VALUES) throw new Refusal(400, `the body holds more than ${MOST_VALUES} values`);
  }

  /** Index of the closing quote; the end of the text where there is none. */
  function endOfString(from: number): number {
    let position = from;
    for (;;) {
      if (nextBackslash >= 0 && nextBackslash < position) nextBackslash = bytes.indexOf(BACKSLASH, position);
      const quote = bytes.indexOf(QUOTE, position);
      if (quote < 0) return bytes.length;
      if (nextBackslash < 0 || nextBackslash > quote) return quote;
      position = nextBackslash + 2;
    }
  }

  function readString(start: number, end: number, level: Level | undefined): void {
    const isKey = level?.expectsKey === true;
    if (!isKey) {
      countValue();
      onString?.({ path, start, end: end + 1 });
    }
    if (isKey && end - start > LONGEST_KEY) {
      throw new Refusal(400, `the body has a key of more than ${LONGEST_KEY} bytes`);
    }
    const hasEscapes = bytes.subarray(start, end).includes(BACKSLASH);
    if (!isKey && !hasEscapes) return;
    const raw = bytes.toString('utf8', start, end + 1);
    const value = hasEscapes ? decodeString(raw) : raw.slice(1, -1);
    if (isKey) level.key = value;
    if (!value.isWellFormed()) throw refusal('half of a surrogate pair stands alone, which is no text');
    if (!isKey) return;
    if (level.keys?.has(value)) throw refusal('the key stands twice, and parsers differ in which one counts');
    level.keys?.add(value);
  }

  function readNumber(start: number): number {
    countValue();
    let end = start;
    while (isPartOfNumber(bytes[end])) end++;
    const length = end - start;
    if (length > LONGEST_NUMBER) {
      throw refusal(`a number of ${length} characters; at most ${LONGEST_NUMBER} are accepted`);
    }
    const written = bytes.toString('latin1', start, end);
    const value = Number(written);
    if (Number.isNaN(value)) return end;
    const isExact = Number.isFinite(value) && (!/^-?\d+$/.test(written) || Number.isSafeInteger(value));
    if (!isExact) throw refusal(`the number ${written} is beyond ±(2^53 − 1), up to which it is exact`);
    return end;
  }

  /** Where the value stands that is being read, such as `messages[0].content`. */
  function path(): string {
    return levels
      .map(({ keys, key, index }) =>
        keys === undefined ? `[${index}]` : `.${key.toWellFormed().slice(0, 64)}`,
      )
      .join('')
      .replace(/^\./, '');
  }

  /** Names where it is. */
  function refusal(message: string): Refusal {
    const param = path();
    return new Refusal(400, param === '' ? `the body: ${message}` : `"${param}": ${message}`, {
      param: param || null,
    });
  }
}

/** What stands between the quotes; as it is when the escapes are wrong, which the parser will say. */
function decodeString(raw: string): string {
  try {
    return String(JSON.parse(raw));
  } catch {
    return raw;
  }
}

/** Digits, signs, point and exponent. */
function isPartOfNumber(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) ||
      byte === 0x2d ||
      byte === 0x2b ||
      byte === 0x2e ||
      byte === 0x45 ||
      byte === 0x65)
  );
}
