import { failureKey } from './classify-failure.ts';

/** So many first failures for the same reason are no coincidence. */
const ENOUGH = 10;

/** Notices that everything fails the same way. */
export class AlikeFailures {
  #key: string | undefined;
  #count = 0;
  #differ = false;

  get count(): number {
    return this.#count;
  }

  /** @returns true when there were enough failures, and none for another reason */
  add(error: unknown): boolean {
    const key = failureKey(error);
    this.#key ??= key;
    if (key !== this.#key) this.#differ = true;
    this.#count++;
    return !this.#differ && this.#count >= ENOUGH;
  }
}
