/** Milliseconds that an engine has been at work: stands still while it is frozen. */
export class EngineClock {
  #lostMs = 0;
  #stoppedAtMs: number | undefined;

  get frozen(): boolean {
    return this.#stoppedAtMs !== undefined;
  }

  now(): number {
    return (this.#stoppedAtMs ?? performance.now()) - this.#lostMs;
  }

  freeze(): void {
    this.#stoppedAtMs ??= performance.now();
  }

  thaw(): void {
    if (this.#stoppedAtMs === undefined) return;
    this.#lostMs += performance.now() - this.#stoppedAtMs;
    this.#stoppedAtMs = undefined;
  }
}
