/** A source of random numbers: at least 0, below 1. */
export type Random = () => number;

const UINT32_RANGE = 2 ** 32;

/**
 * The default source. Not `Math.random`: two agents that boot from the same image must not draw the same pictures, and
 * nobody may learn from earlier pictures which one comes next.
 */
export const cryptoRandom: Random = () => {
  const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
  return value / UINT32_RANGE;
};

/** A whole number from `min` to `max`, both possible. */
export function randomInteger(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

/** One of `items`, which must not be empty. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[randomInteger(random, 0, items.length - 1)];
  if (item === undefined) throw new RangeError('cannot pick one of no items');
  return item;
}

/** `count` different items in random order. */
export function sample<T>(random: Random, items: readonly T[], count: number): T[] {
  if (count > items.length) {
    throw new RangeError(`cannot take ${count} different items out of ${items.length}`);
  }
  const rest = [...items];
  return Array.from({ length: count }, () => {
    const [item] = rest.splice(randomInteger(random, 0, rest.length - 1), 1);
    return item as T;
  });
}
