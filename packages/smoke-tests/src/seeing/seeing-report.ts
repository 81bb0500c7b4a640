import type { SeeingKind } from './seeing-question.ts';

/** One question as it was asked, and what came back. */
export interface SeeingAnswer {
  readonly kind: SeeingKind;
  readonly question: string;
  readonly expected: string;
  /** The model's words as they came; `no answer: …` with the reason when the request failed. */
  readonly answer: string;
  readonly ok: boolean;
  /** Milliseconds from sending the question to the whole answer. */
  readonly ms: number;
  /** Base64 of the PNG that was asked about; several pictures side by side in one. */
  readonly picture: string;
}

/** Whether a model sees. */
export interface SeeingReport {
  /** Every kind of question was answered right, at the latest at the last attempt. */
  readonly ok: boolean;
  /** The last answer of each kind, in the order asked. */
  readonly answers: readonly SeeingAnswer[];
  /** Wrong answers after which the kind was asked again with a new picture. */
  readonly retried: readonly SeeingAnswer[];
}
