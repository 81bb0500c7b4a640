/** The known option that a wrong one was probably meant to be: the one with the fewest letters to change. */
export function nearestOption(wrong: string, known: readonly string[]): string | undefined {
  const distances = known.map((option) => ({
    option,
    distance: countEdits(wrong.toLowerCase(), option.toLowerCase()),
  }));
  return distances.toSorted((a, b) => a.distance - b.distance)[0]?.option;
}

/**
 * Letters to insert, remove or replace. Parts left out at either end cost less: `modelName` is a slip for
 * `servedModelName` sooner than for `maxModelLen`.
 */
function countEdits(wrong: string, option: string): number {
  if (option.includes(wrong) || wrong.includes(option)) {
    return Math.abs(option.length - wrong.length) / MOST_LETTERS;
  }
  let row = Array.from({ length: option.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...wrong].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...option].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** More than any option has, so that a contained name is always nearer than a changed one. */
const MOST_LETTERS = 100;
