import { VllmError } from '../chat/vllm-error.ts';

/**
 * How requests in flight end when the engine goes before they are done (701, 703, 704): without a word and never, told by
 * `finish_reason` "abort", or told by an error.
 */
export type EngineEnd = 'silent' | 'abort' | 'error';

/** One server's way to its end. */
export class Shutdown {
  #begun = false;
  #dead = false;
  #end: EngineEnd | undefined;
  readonly #listeners = new Set<(end: EngineEnd) => void>();

  get begun(): boolean {
    return this.#begun;
  }

  /** The engine has died and the server knows: `/health` is 503. */
  get dead(): boolean {
    return this.#dead;
  }

  get engineEnded(): boolean {
    return this.#end !== undefined;
  }

  /** What new requests get; undefined while they are taken. */
  get refusal(): VllmError | undefined {
    if (this.#dead) return engineDead();
    if (!this.#begun) return undefined;
    return new VllmError(500, 'cannot schedule new futures after shutdown', { unexpected: true });
  }

  /** From now on new requests get a 500, and `/health` stays as it is. */
  begin(): void {
    this.#begun = true;
  }

  stopEngine(end: EngineEnd): void {
    this.#begun = true;
    this.#stop(end);
  }

  /** The engine is gone without having been asked to go. */
  die(): void {
    this.#dead = true;
    this.#stop('error');
  }

  /** Heard once, at once when it has ended already. Returns what ends the listening. */
  onEngineEnd(listener: (end: EngineEnd) => void): () => void {
    if (this.#end) listener(this.#end);
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stop(end: EngineEnd): void {
    this.#end ??= end;
    for (const listener of this.#listeners) listener(this.#end);
    this.#listeners.clear();
  }
}

export function engineDead(): VllmError {
  return new VllmError(500, 'EngineCore encountered an issue. See stack trace (above) for the root cause.');
}
