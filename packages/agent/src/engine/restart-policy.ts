const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** A server that dies this often without having served in between will not get better by itself. */
export const MOST_FAILURES_IN_A_ROW = 5;

/**
 * Milliseconds before the next start, doubling; undefined when there should be none.
 * @param failures starts in a row that did not lead to a passed gate, at least 1
 */
export function planRestart(failures: number): number | undefined {
  if (failures > MOST_FAILURES_IN_A_ROW) return undefined;
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}
