import type { KindResult } from './judge-kind.ts';
import type { SeeingKind } from './seeing-question.ts';

/** One question as it was asked, and what came back. */
export interface SeeingAnswer {
  readonly kind: SeeingKind;
  readonly question: string;
  readonly expected: string;
  /** The model's words as they came; `no answer: …` with the reason when the request failed. */
  readonly answer: string;
  readonly ok: boolean;
  /** 0 to 1, 1 when it is right: how near the answer comes. */
  readonly score?: number | undefined;
  /** `usage.prompt_tokens` less the pictures' tokens as the catalog counts them; not known without an answer. */
  readonly textTokens?: number | undefined;
  /** Milliseconds from sending the question to the whole answer. */
  readonly ms: number;
  /** Base64 of the PNG that was asked about; several pictures side by side in one. */
  readonly picture: string;
}

/** Whether a model sees. */
export interface SeeingReport {
  /** The exam was passed. */
  readonly ok: boolean;
  /** Why not, with what it looks like: `blind`, `the same answer to every picture`, `no answer in time`… */
  readonly reason: string | undefined;
  /** How each kind went. */
  readonly kinds: readonly KindResult[];
  /** Every answer in the order asked: the first round of all kinds, then the rounds of those that were not plain. */
  readonly answers: readonly SeeingAnswer[];
  /** Mean score of the answers, 0 to 1. */
  readonly score: number;
  /** Where `usage.prompt_tokens` is not what the catalog predicts; undefined when all agree. */
  readonly tokenMismatch: string | undefined;
}
