import { AnswerLengths } from './answer-lengths.ts';
import { type BatchLoad, type EnginePace, promptTokens, type RequestWork } from './engine-pace.ts';
import { MedianRatio } from './median-ratio.ts';

/** A request at the engine, as its pace is measured. */
export interface PaceRun {
  readonly work: RequestWork;
  readonly startedAt: number;
  /** Modelled seconds until its first token. */
  readonly firstToken: number;
  /** Of all prompts that had been begun, and of the places in use over time, when it began. */
  readonly promptsBefore: number;
  readonly placeSecondsBefore: number;
  readonly contextTokens: number;
  firstTokenAt: number | undefined;
}

/** What came of a request. */
export interface AnswerOutcome {
  /** Of the longest choice. */
  readonly tokens: number;
  /** Whether a limit of tokens ended it. */
  readonly wasCut: boolean;
}

/** The weight of the newest in a mean that follows the last twenty or so. */
const MEAN_WEIGHT = 0.05;

/**
 * The engine's pace: the model's, corrected by what this instance measures itself. Whole answers correct the time of
 * answers, first tokens of streams that of first tokens. All times in seconds, of any clock that never goes back.
 */
export class MeasuredPace {
  readonly #model: EnginePace;
  readonly #whole = new MedianRatio();
  readonly #first = new MedianRatio();
  readonly #lengths = new AnswerLengths();
  #places = 0;
  #contextTokens = 0;
  #placeSeconds = 0;
  #countedUntil = 0;
  #promptSeconds = 0;
  /** When the prompts that have been begun will be computed. */
  #promptsUntil = 0;
  #meanPrompt: number | undefined;

  constructor(model: EnginePace) {
    this.#model = model;
  }

  /** How many times slower than modelled whole answers are. */
  get correction(): number {
    return this.#whole.value;
  }

  get load(): BatchLoad {
    return { places: this.#places, contextTokens: this.#contextTokens };
  }

  /** KV cache that a request is going to take, in tokens. */
  expectTokens(work: RequestWork): number {
    return promptTokens(work) + this.#lengths.expect(work.maxTokens) * work.choices;
  }

  /**
   * Seconds from the place in the batch to the last token when so many answers are written at the same time: each of
   * them is held up by the prompts of those that come in meanwhile.
   * @param length of the answer: what is usual, or what few exceed
   */
  wholeSeconds(work: RequestWork, places: number, length: 'usual' | 'long' = 'usual'): number {
    const usual = this.#lengths.expect(work.maxTokens);
    const answer = length === 'long' ? this.#lengths.expectLong(work.maxTokens) : usual;
    const beside = Math.max(places, work.choices);
    const perPlace = this.expectTokens(work) / work.choices;
    const step = this.#model.stepSeconds({ places: beside, contextTokens: beside * perPlace });
    const prompt = this.#model.promptSeconds(work);
    // While a usual answer is written, everybody beside it is replaced once.
    const others = (beside - work.choices) * (this.#meanPrompt ?? prompt) * (answer / usual);
    return this.#whole.value * (prompt + this.#model.prepareSeconds(work) + answer * step + others);
  }

  /** Seconds from the place in the batch to the first token. */
  firstTokenSeconds(work: RequestWork): number {
    const ratio = this.#first.measured > 0 ? this.#first.value : this.#whole.value;
    return ratio * (this.#model.promptSeconds(work) + this.#model.prepareSeconds(work));
  }

  /**
   * The engine's own seconds that a request costs in a full batch: its prompt, and its share of the steps.
   * What fairness is measured by, and what a backlog adds up to.
   */
  costSeconds(work: RequestWork, places: number): number {
    const beside = Math.max(1, places);
    const tokens = this.expectTokens(work);
    const step = this.#model.stepSeconds({
      places: beside,
      contextTokens: (beside * tokens) / work.choices,
    });
    const share = (this.#lengths.expect(work.maxTokens) * step * work.choices) / beside;
    return this.#whole.value * (this.#model.promptSeconds(work) + share);
  }

  /** It goes to the engine. */
  begin(work: RequestWork, now: number): PaceRun {
    this.#count(now);
    const prompt = this.#model.promptSeconds(work);
    const waiting = Math.max(0, this.#promptsUntil - now) / this.#whole.value;
    const contextTokens = this.expectTokens(work);
    const run: PaceRun = {
      work,
      startedAt: now,
      firstToken: waiting + prompt + this.#model.prepareSeconds(work),
      promptsBefore: this.#promptSeconds + prompt,
      placeSecondsBefore: this.#placeSeconds,
      contextTokens,
      firstTokenAt: undefined,
    };
    this.#promptsUntil = Math.max(now, this.#promptsUntil) + prompt * this.#whole.value;
    this.#promptSeconds += prompt;
    this.#meanPrompt = (this.#meanPrompt ?? prompt) * (1 - MEAN_WEIGHT) + prompt * MEAN_WEIGHT;
    this.#places += work.choices;
    this.#contextTokens += contextTokens;
    return run;
  }

  /** A stream's first token has come. */
  firstToken(run: PaceRun, now: number): void {
    run.firstTokenAt = now;
    this.#first.add(now - run.startedAt, run.firstToken);
  }

  /** @param outcome undefined when there is no whole answer, which then tells nothing */
  end(run: PaceRun, now: number, outcome: AnswerOutcome | undefined): void {
    this.#count(now);
    this.#places -= run.work.choices;
    this.#contextTokens -= run.contextTokens;
    if (!outcome || now <= run.startedAt) return;
    const seconds = now - run.startedAt;
    const beside = (this.#placeSeconds - run.placeSecondsBefore) / seconds;
    const perPlace = (promptTokens(run.work) + outcome.tokens / 2) / run.work.choices;
    const step = this.#model.stepSeconds({ places: beside, contextTokens: beside * perPlace });
    const others = this.#promptSeconds - run.promptsBefore;
    this.#whole.add(seconds, run.firstToken + outcome.tokens * step + others);
    this.#lengths.add(outcome.tokens, outcome.wasCut);
  }

  #count(now: number): void {
    this.#placeSeconds += this.#places * Math.max(0, now - this.#countedUntil);
    this.#countedUntil = now;
  }
}
