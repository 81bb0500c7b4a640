/** What keeps a broken model server out of the fleet. */
export type Guard = 'gate' | 'deadline of the gate' | 'manifest' | 'nothing';

/** What became of one kind of broken model server. */
export interface MutantResult {
  readonly name: string;
  /** What is wrong with it, in words. */
  readonly wrong: string;
  /** How often it tried. */
  readonly tries: number;
  readonly caught: number;
  readonly by: Guard;
  /** The first refusal, shortened to what tells it from others. */
  readonly how: string;
  /** Milliseconds until it was refused, the median of the tries. */
  readonly ms: number;
}

/** The middle one; the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

/** Linear between the nearest two; 0 of no values. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const [low = 0, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}
