import { CONTROL_TOKENS, controlName, type Tokenizer, VOCABULARY_SIZE } from './tokenizer.ts';

/**
 * For a model folder without a `tekken.json`: a word with the space before it, a digit, a mark are a token each. The
 * count is close to Pixtral's tokenizer for English; the ids are made up, the same for the same piece.
 */
export function createApproximateTokenizer(): Tokenizer {
  const pieces = new Map<number, Uint8Array>();
  const idOf = (piece: string): number => {
    const bytes = Buffer.from(piece);
    for (let id = hash(bytes); ; id = (id + 1) % (VOCABULARY_SIZE - CONTROL_TOKENS)) {
      const taken = pieces.get(id + CONTROL_TOKENS);
      if (taken && Buffer.compare(taken, bytes) !== 0) continue;
      pieces.set(id + CONTROL_TOKENS, bytes);
      return id + CONTROL_TOKENS;
    }
  };
  return {
    encode: (text) => (text.match(/\s?[^\s\d\p{P}]+|\s?\d|\s?\p{P}|\s+/gu) ?? []).map(idOf),
    bytesOf: (id) =>
      pieces.get(id) ?? (id < CONTROL_TOKENS ? Buffer.from(controlName(id)) : new Uint8Array()),
  };
}

/** FNV-1a. */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value % (VOCABULARY_SIZE - CONTROL_TOKENS);
}
