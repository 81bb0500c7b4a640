import { CONTROL_TOKENS, controlName, type Tokenizer, VOCABULARY_SIZE } from './tokenizer.ts';

/** `tekken.json` of a Mistral checkpoint, as far as text needs it. */
export interface TekkenFile {
  readonly config: { readonly pattern: string };
  readonly vocab: readonly { readonly rank: number; readonly token_bytes: string }[];
}

/** Texts repeat their words; more different ones than this begin anew. */
const MOST_CACHED_PIECES = 50_000;

/**
 * Byte-pair encoding by rank, as tiktoken and mistral-common do it. Written here since a token's own bytes and a
 * vocabulary with gaps are needed, which the npm ports of tiktoken keep to themselves.
 */
export function createTekken(file: TekkenFile): Tokenizer {
  const ranks = new Map<string, number>();
  const bytes = new Map<number, Uint8Array>();
  for (const { rank, token_bytes } of file.vocab) {
    // The file lists more than the model knows.
    if (rank >= VOCABULARY_SIZE - CONTROL_TOKENS) continue;
    const token = Buffer.from(token_bytes, 'base64');
    ranks.set(token.toString('latin1'), rank);
    bytes.set(rank + CONTROL_TOKENS, token);
  }
  const pattern = new RegExp(file.config.pattern, 'gu');
  const cache = new Map<string, readonly number[]>();
  const encodePiece = (piece: string): readonly number[] => {
    const known = cache.get(piece);
    if (known) return known;
    const ids = mergePairs(Buffer.from(piece, 'utf8').toString('latin1'), ranks);
    if (cache.size >= MOST_CACHED_PIECES) cache.clear();
    cache.set(piece, ids);
    return ids;
  };
  return {
    encode: (text) => (text.match(pattern) ?? []).flatMap(encodePiece),
    bytesOf: (id) => bytes.get(id) ?? (id < CONTROL_TOKENS ? Buffer.from(controlName(id)) : new Uint8Array()),
  };
}

/** Merges the neighbours of lowest rank until none are left that make a token. `text` holds a byte per character. */
function mergePairs(text: string, ranks: ReadonlyMap<string, number>): readonly number[] {
  const parts = [...text];
  for (;;) {
    let best = Number.POSITIVE_INFINITY;
    let at = -1;
    for (let index = 0; index + 1 < parts.length; index++) {
      const rank = ranks.get(`${parts[index]}${parts[index + 1]}`) ?? Number.POSITIVE_INFINITY;
      if (rank < best) {
        best = rank;
        at = index;
      }
    }
    if (at < 0) break;
    parts.splice(at, 2, `${parts[at]}${parts[at + 1]}`);
  }
  return parts.map((part) => (ranks.get(part) ?? 0) + CONTROL_TOKENS);
}
