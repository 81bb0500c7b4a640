import type { IncomingHttpHeaders } from 'node:http';
import { type ApiKey, isExpired, KEY_SCOPES, type KeyScope } from '../../config/api-keys.ts';
import { Refusal } from '../refusal.ts';
import { KeyLimits } from './key-limits.ts';
import { KeyRing } from './key-ring.ts';
import type { Clock } from './token-bucket.ts';

export interface KeyCheckOptions {
  /** All keys that are valid now; another list is another secret. */
  readonly apiKeys: () => readonly ApiKey[];
  /** @default Date.now */
  readonly today?: Clock;
  /** @default performance.now */
  readonly now?: Clock;
}

/** Scope that a route needs; one that is not here needs all of them. */
const SCOPES: Readonly<Record<string, KeyScope>> = {
  '/v1/chat/completions': 'chat',
  '/v1/models': 'models',
};

/** Keys are read within seconds of the port's opening. */
const KEYS_RETRY_AFTER_SECONDS = 1;

/** Who asks, whether they may, and how much of it. */
export class KeyCheck {
  readonly limits: KeyLimits;
  readonly #apiKeys: () => readonly ApiKey[];
  readonly #today: Clock;
  #known: { readonly keys: readonly ApiKey[]; readonly ring: KeyRing } | undefined;

  constructor({ apiKeys, today = Date.now, now = () => performance.now() }: KeyCheckOptions) {
    this.#apiKeys = apiKeys;
    this.#today = today;
    this.limits = new KeyLimits(now);
  }

  /** @param route as it is registered, whatever the request calls it. @throws Refusal 401, 403, 429; 503 before there are keys */
  check(headers: IncomingHttpHeaders, route: string): ApiKey {
    // The balancer sends requests to an agent that was just started again; nobody asks twice after a 401.
    if (this.#apiKeys().length === 0) {
      throw new Refusal(503, 'this instance does not serve now: it has not read its keys yet', {
        retryAfterSeconds: KEYS_RETRY_AFTER_SECONDS,
      });
    }
    const key = this.#ring().find(headers);
    if (!key) {
      throw new Refusal(401, 'the API key is missing or wrong; send it as "Authorization: Bearer <key>"');
    }
    if (isExpired(key, new Date(this.#today()))) {
      throw new Refusal(401, `the API key "${key.name}" expired at ${key.expires}`);
    }
    const needed = SCOPES[route] === undefined ? KEY_SCOPES : [SCOPES[route]];
    const missing = needed.filter((scope) => !key.scopes.includes(scope));
    if (missing.length > 0) {
      throw new Refusal(
        403,
        `the API key "${key.name}" has no scope ${missing.join(', ')} (it has ${key.scopes.join(', ')}), which ${route} needs`,
      );
    }
    return key;
  }

  #ring(): KeyRing {
    const keys = this.#apiKeys();
    if (this.#known?.keys === keys) return this.#known.ring;
    const ring = new KeyRing(keys);
    this.#known = { keys, ring };
    this.limits.keep(keys);
    return ring;
  }
}
