import type { Logger } from 'pino';

/** Tells the first failure of a row and the success that ends it: what fails every ten seconds must not fill the log. */
export class FailureStreak {
  readonly #logger: Logger;
  readonly #what: string;
  #failures = 0;

  /** @param what has failed, as a sentence begins: `the metrics were not published` */
  constructor(logger: Logger, what: string) {
    this.#logger = logger;
    this.#what = what;
  }

  failed(error: unknown): void {
    this.#failures += 1;
    if (this.#failures === 1) this.#logger.warn({ err: error }, `${this.#what}; told once until it succeeds`);
  }

  succeeded(): void {
    if (this.#failures > 0) this.#logger.info({ failures: this.#failures }, `over: ${this.#what}`);
    this.#failures = 0;
  }
}
