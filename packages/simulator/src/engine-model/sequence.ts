/** A picture in a prompt, as the engine sees it. */
export interface PromptPicture {
  /** Tokens in the prompt. */
  readonly tokens: number;
  /** Patches of 16x16 pixels that the vision encoder works on. */
  readonly patches: number;
}

/** What a request asks of the engine. */
export interface SequenceSize {
  readonly promptTokens: number;
  /** Of them found in the prefix cache; the last token is always computed. */
  readonly cachedTokens: number;
  /** In the order of the prompt, which they begin. */
  readonly pictures: readonly PromptPicture[];
  /** Of the longest choice. */
  readonly answerTokens: number;
  /** Answers to the one prompt, decoded side by side. */
  readonly choices: number;
}

/** A request in the batch, and how far it is. */
export class Sequence<Work extends SequenceSize = SequenceSize> {
  readonly work: Work;
  /** Tokens whose keys and values are there. */
  computed = 0;
  generated = 0;
  /** Of the KV cache. */
  blocks = 0;

  constructor(work: Work) {
    this.work = work;
  }

  /** Tokens to compute before the next one comes out. */
  get target(): number {
    return this.work.promptTokens + this.generated;
  }

  get finished(): boolean {
    return this.generated >= Math.max(1, this.work.answerTokens);
  }

  /** Patches of the pictures that begin in the next `tokens` tokens. */
  patchesWithin(tokens: number): readonly number[] {
    const patches: number[] = [];
    let begins = 0;
    for (const picture of this.work.pictures) {
      if (begins >= this.computed && begins < this.computed + tokens) patches.push(picture.patches);
      begins += picture.tokens;
    }
    return patches;
  }
}
