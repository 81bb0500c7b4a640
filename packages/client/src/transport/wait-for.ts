import type { PixtralError } from '../errors/errors.ts';
import type { Call } from './call.ts';

/** Waits, unless the call ends before: then rejects with the reason at once. */
export function waitFor(ms: number, call: Call): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  call.doing({
    abort(error: PixtralError) {
      clearTimeout(timer);
      reject(error);
    },
  });
  return promise;
}
