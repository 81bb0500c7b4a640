import type { Size } from './raster.ts';

/** Every kind of question, in the order in which they are asked. */
export const SEEING_KINDS = ['colour', 'shape', 'digits', 'count', 'position', 'colours', 'numbers'] as const;

/**
 * What is asked about: `colour` of one picture, `shape` in it, `digits` written in it, `count` of circles, `position` of
 * one; `colours` of several pictures and `numbers` written in two, in order.
 */
export type SeeingKind = (typeof SEEING_KINDS)[number];

/** A question about pictures drawn that moment, and its answer. */
export interface SeeingQuestion {
  readonly kind: SeeingKind;
  /** English, to be sent as the text of the message, after the pictures. The same for every picture of a kind. */
  readonly question: string;
  /** Lower-case words, digits, or several of either separated by `, `. */
  readonly expected: string;
  /** The PNGs to send, in this order. */
  readonly pictures: readonly Uint8Array[];
  /** Of each picture, in pixels. */
  readonly sizes: readonly Size[];
  /** One PNG for people: the picture itself, or several side by side. */
  readonly picture: Uint8Array;
}
