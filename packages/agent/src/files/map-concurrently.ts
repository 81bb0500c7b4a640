/**
 * Runs `work` for each item, at most `limit` at once. The first failure ends the others through the signal that they
 * get, and is thrown when they have ended: a damaged file is not told only after its neighbours of many GB.
 */
export async function mapConcurrently<T>(options: {
  readonly items: readonly T[];
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly work: (item: T, index: number, signal: AbortSignal) => Promise<unknown>;
}): Promise<void> {
  const { items, limit, work } = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const entries = items.entries();
  const workers = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const [index, item] of entries) {
      if (signal.aborted) return;
      try {
        await work(item, index, signal);
      } catch (error) {
        failed.abort(error);
      }
    }
  });
  await Promise.all(workers);
  // The reason of the first of both to abort.
  signal.throwIfAborted();
}
