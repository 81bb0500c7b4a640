/** Answers that are remembered. */
const WINDOW = 64;

/** What an answer is taken to be until some have been seen, and where no request sets a limit. */
const ASSUMED_TOKENS = 256;

/** So many answers are needed before they outvote the assumption. */
const PRIOR = 4;

const LONG = 0.9;

/** How long answers turn out to be: what requests ask for at most says little about it. */
export class AnswerLengths {
  /** Infinity for one that its limit has cut: it would have gone on. */
  readonly #lengths: number[] = Array.from({ length: PRIOR }, () => ASSUMED_TOKENS);
  #next = 0;

  add(tokens: number, wasCut: boolean): void {
    this.#lengths[this.#next] = wasCut ? Number.POSITIVE_INFINITY : tokens;
    this.#next = (this.#next + 1) % WINDOW;
  }

  /** Tokens to be expected of an answer with this limit: the mean of what the last answers would have been under it. */
  expect(maxTokens: number | undefined): number {
    const lengths = this.#under(maxTokens);
    return Math.max(1, lengths.reduce((sum, length) => sum + length, 0) / lengths.length);
  }

  /** What nine of ten stay below, where lateness counts: half of all answers are longer than the usual one. */
  expectLong(maxTokens: number | undefined): number {
    const lengths = this.#under(maxTokens).toSorted((a, b) => a - b);
    return Math.max(1, lengths[Math.floor(lengths.length * LONG)] ?? 1);
  }

  #under(maxTokens: number | undefined): readonly number[] {
    const limit = maxTokens ?? this.#longest();
    return this.#lengths.map((length) => Math.min(length, limit));
  }

  #longest(): number {
    return Math.max(ASSUMED_TOKENS, ...this.#lengths.filter(Number.isFinite));
  }
}
