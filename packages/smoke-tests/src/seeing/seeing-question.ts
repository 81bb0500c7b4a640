/**
 * What is asked about: `colour` of one picture, `shape` in it, `digits` written in it, `colours` of several pictures in
 * order.
 */
export type SeeingKind = 'colour' | 'shape' | 'digits' | 'colours';

/** A question about pictures drawn that moment, and its answer. */
export interface SeeingQuestion {
  readonly kind: SeeingKind;
  /** English, to be sent as the text of the message, after the pictures. */
  readonly question: string;
  /** Lower-case word, digits, or words separated by `, `. */
  readonly expected: string;
  /** The PNGs to send, in this order. */
  readonly pictures: readonly Uint8Array[];
  /** One PNG for people: the picture itself, or several side by side. */
  readonly picture: Uint8Array;
}
