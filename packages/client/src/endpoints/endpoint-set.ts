import type { Endpoint } from './endpoint.ts';

/** The servers of a client. With one there is nothing to choose. */
export class EndpointSet {
  readonly #endpoints: readonly Endpoint[];
  #turn = 0;

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  /**
   * The endpoint with the least requests in flight of those that are well; of equals each in turn. When none is well the
   * one whose pause ends first, for refusing to try would help nobody.
   * @param tried the endpoint that has just failed, taken only when there is no other
   */
  pick(now: number, tried?: Endpoint): Endpoint {
    const [first] = this.#endpoints;
    if (first === undefined) throw new Error('a client has at least one endpoint');
    if (this.#endpoints.length === 1) return first;
    this.#turn++;
    let best: Endpoint | undefined;
    for (let offset = 0; offset < this.#endpoints.length; offset++) {
      const endpoint = this.#endpoints[(this.#turn + offset) % this.#endpoints.length];
      if (endpoint === undefined || endpoint === tried) continue;
      if (best === undefined || isBetter(endpoint, best, now)) best = endpoint;
    }
    // A failure that says nothing of its endpoint does not make one that is down a better choice.
    const picked =
      best && tried && isBetter(tried, best, now) && best.pausedUntil > now ? tried : (best ?? first);
    picked.tried(now);
    return picked;
  }

  /** Whether another endpoint than this is well, so that a retry need not wait. */
  hasOther(endpoint: Endpoint, now: number): boolean {
    if (this.#endpoints.length === 1) return false;
    return this.#endpoints.some((other) => other !== endpoint && other.pausedUntil <= now);
  }

  async close(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.connections.close()));
  }
}

function isBetter(a: Endpoint, b: Endpoint, now: number): boolean {
  const aPaused = a.pausedUntil > now;
  const bPaused = b.pausedUntil > now;
  if (aPaused !== bPaused) return bPaused;
  return aPaused ? a.pausedUntil < b.pausedUntil : a.inFlight < b.inFlight;
}
