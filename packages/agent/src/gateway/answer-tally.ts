import type { AnswerOutcome } from './admission/index.ts';

/** What came of an answer, as far as the gateway sees it. */
export interface AnswerTally {
  /** Of all choices together: the engine's own number, or what was counted as it passed. */
  readonly tokens: number;
  /** Of the choice that ended last; undefined where the engine tells none. */
  readonly finishReason: string | undefined;
}

/** What an answer of so many choices tells of the pace: they are taken to be equally long. */
export function outcomeOf({ tokens, finishReason }: AnswerTally, choices: number): AnswerOutcome {
  return { tokens: tokens / choices, wasCut: finishReason === 'length' };
}

/** Begins the text of a chunk; in the text itself its quotes would be escaped. */
const TEXT = '"content":"';
const NO_TEXT = '"content":""';

/** Counts an answer as it streams by, without parsing it: a chunk with text is a token. */
export class StreamTally implements AnswerTally {
  #counted = 0;
  #told: number | undefined;
  #finishReason: string | undefined;

  get tokens(): number {
    return this.#told ?? this.#counted;
  }

  get finishReason(): string | undefined {
    return this.#finishReason;
  }

  /** @param frames whole ones */
  push(frames: Buffer): void {
    this.#counted += occurrences(frames, TEXT) - occurrences(frames, NO_TEXT);
    if (frames.includes('"finish_reason":"')) {
      const reasons = [...frames.toString('utf8').matchAll(/"finish_reason":"(\w+)"/g)];
      this.#finishReason = reasons.at(-1)?.[1] ?? this.#finishReason;
    }
    if (frames.includes('"completion_tokens":')) {
      const told = Number(/"completion_tokens":(\d+)/.exec(frames.toString('utf8'))?.[1]);
      if (Number.isInteger(told)) this.#told = told;
    }
  }
}

function occurrences(bytes: Buffer, text: string): number {
  let count = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) count++;
  return count;
}
