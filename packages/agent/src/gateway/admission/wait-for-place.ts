import type { Admission, AdmissionRequest, Ticket } from './admission.ts';

/** A request that was let in. */
export interface Place extends Ticket {
  /**
   * Resolves when it is to go to the engine.
   * @throws Refusal when its turn does not come in time; the signal's reason when that aborts first
   */
  readonly started: Promise<void>;
}

/**
 * A place in the engine, or in the queue for one. Who is gone (the signal) leaves the queue at once; from the engine,
 * `leave` is the caller's to call.
 * @throws Refusal when it is not let in
 */
export function waitForPlace(
  admission: Admission,
  request: Omit<AdmissionRequest, 'onStart' | 'onRefused'>,
  signal: AbortSignal,
): Place {
  const { promise: started, resolve, reject } = Promise.withResolvers<void>();
  // Nobody may have begun to wait when it is refused.
  started.catch(() => undefined);
  const ticket = admission.enter({ ...request, onStart: resolve, onRefused: reject });
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return { ...ticket, started };
}
