import { randomBytes } from 'node:crypto';

/** Bounds of a token's life in seconds (EC2 user guide, "Use IMDSv2"). */
const TOKEN_TTL_SECONDS = { min: 1, max: 21_600 } as const;

/** Session tokens of IMDSv2: random, good for the time asked for. */
export class SessionTokens {
  readonly #now: () => number;
  readonly #expiries = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(ttlSeconds: number): string {
    this.#forgetExpired();
    const token = randomBytes(40).toString('base64url');
    this.#expiries.set(token, this.#now() + ttlSeconds * 1000);
    return token;
  }

  /** Seconds that the token still has, or undefined for one that was never issued or has expired. */
  remainingSeconds(token: string): number | undefined {
    const expiry = this.#expiries.get(token);
    if (expiry === undefined || expiry <= this.#now()) return undefined;
    return Math.ceil((expiry - this.#now()) / 1000);
  }

  #forgetExpired(): void {
    for (const [token, expiry] of this.#expiries) if (expiry <= this.#now()) this.#expiries.delete(token);
  }
}

/** The time to live that a `PUT /latest/api/token` asks for, or undefined when it is missing or out of bounds. */
export function parseTtl(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,6}$/.test(header)) return undefined;
  const seconds = Number(header);
  return seconds >= TOKEN_TTL_SECONDS.min && seconds <= TOKEN_TTL_SECONDS.max ? seconds : undefined;
}
