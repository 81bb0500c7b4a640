/** Time, and being woken: so that tests need not wait. */
export interface Clock {
  /** In seconds, from any moment; never goes back. */
  now(): number;
  /** Calls back once, not before so many seconds are over. @returns takes that back */
  after(seconds: number, callback: () => void): () => void;
}

/** The machine's. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now() / 1_000,
  after(seconds, callback) {
    const timer = setTimeout(callback, Math.min(2 ** 31 - 1, Math.ceil(seconds * 1_000)));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
