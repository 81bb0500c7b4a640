/** Ctrl-C once: end and clean up. Twice: clean up without waiting for anything. */
export interface Interrupt {
  readonly signal: AbortSignal;
  readonly hurry: AbortSignal;
}

/** Turns SIGINT and SIGTERM into abort signals for the rest of the process. */
export function interruptSignal(): Interrupt {
  const first = new AbortController();
  const second = new AbortController();
  const onSignal = () => {
    if (first.signal.aborted) second.abort();
    first.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { signal: first.signal, hurry: second.signal };
}
