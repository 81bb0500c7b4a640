import { Connections } from '../transport/connections.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** One server, or one balancer, that answers requests; and whether it did lately. */
export class Endpoint {
  readonly connections: Connections;
  /** Scheme, host and port, or the socket: for messages. Never holds credentials. */
  readonly name: string;
  /** Path before `/v1`, without a trailing slash. */
  readonly prefix: string;
  /** Requests that have not been answered to the end. */
  inFlight = 0;
  #failures = 0;
  #pausedUntil = 0;

  constructor(baseUrl: URL, socketPath?: string) {
    this.connections = new Connections(baseUrl.origin, socketPath);
    this.name = socketPath === undefined ? baseUrl.origin : `unix:${socketPath}`;
    this.prefix = baseUrl.pathname.replace(/\/+$/, '');
  }

  /** Milliseconds on the clock of `performance.now` until which it is passed over; 0 when it is well. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pausedUntil = 0;
  }

  /**
   * It could not be reached, or said that nothing behind it answers: pass it over for a second, and twice as long each
   * time, up to 30 s, or as long as it asked.
   */
  failed(now: number, retryAfterMs: number | undefined): void {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#pausedUntil = now + Math.max(pauseMs, Math.min(retryAfterMs ?? 0, LONGEST_PAUSE_MS));
  }

  /** A first request after a pause tries whether it is back; others wait until that one is answered, or for the pause. */
  tried(now: number): void {
    if (this.#failures > 0) this.#pausedUntil = now + FIRST_PAUSE_MS;
  }
}
