export interface EngineClockOptions {
  /** Milliseconds from `nowMs` until there is something to do; undefined when there is nothing. */
  readonly nextIn: (nowMs: number) => number | undefined;
  readonly onTick: (nowMs: number) => void;
}

/** Milliseconds that an engine has been at work, and the timer that wakes it: both stand still while it is frozen. */
export class EngineClock {
  readonly #options: EngineClockOptions;
  #lostMs = 0;
  #stoppedAtMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: EngineClockOptions) {
    this.#options = options;
  }

  now(): number {
    return (this.#stoppedAtMs ?? performance.now()) - this.#lostMs;
  }

  /** Sets the timer anew: to be called whenever what is next has changed. */
  arm(): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#stoppedAtMs !== undefined) return;
    const delay = this.#options.nextIn(this.now());
    if (delay !== undefined) this.#timer = setTimeout(() => this.#tick(), delay);
  }

  freeze(): void {
    this.#stoppedAtMs ??= performance.now();
    clearTimeout(this.#timer);
  }

  thaw(): void {
    if (this.#stoppedAtMs !== undefined) this.#lostMs += performance.now() - this.#stoppedAtMs;
    this.#stoppedAtMs = undefined;
    this.arm();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #tick(): void {
    this.#options.onTick(this.now());
    this.arm();
  }
}
