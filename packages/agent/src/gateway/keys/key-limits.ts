import type { ApiKey } from '../../config/api-keys.ts';
import { Refusal } from '../refusal.ts';
import { type Clock, TokenBucket } from './token-bucket.ts';

interface Buckets {
  readonly requests: TokenBucket | undefined;
  readonly imageTokens: TokenBucket | undefined;
}

/** What every key has used of its rate limits on this instance. */
export class KeyLimits {
  readonly #now: Clock;
  readonly #byName = new Map<string, Buckets>();

  constructor(now: Clock) {
    this.#now = now;
  }

  /** Forgets keys that are gone; what has been used stays used when the secret is read again. */
  keep(keys: readonly ApiKey[]): void {
    const names = new Set(keys.map(({ name }) => name));
    for (const name of this.#byName.keys()) if (!names.has(name)) this.#byName.delete(name);
  }

  /** @throws Refusal 429 when the key has used up its requests */
  takeRequest(key: ApiKey): void {
    this.#take(key, this.#of(key).requests, { count: 1, what: 'requests' });
  }

  /** @throws Refusal 429 when the key has used up its image tokens, 400 when it never has as many */
  takeImageTokens(key: ApiKey, count: number): void {
    const { imageTokens } = this.#of(key);
    if (imageTokens && count > imageTokens.perMinute) {
      throw new Refusal(
        400,
        `the pictures take ${count} image tokens, and the key "${key.name}" has ${imageTokens.perMinute} a minute on each instance: ask about fewer or smaller pictures`,
        { param: 'messages' },
      );
    }
    this.#take(key, imageTokens, { count, what: 'image tokens' });
  }

  /** They were taken for a request that was sent away all the same. */
  giveImageTokensBack(key: ApiKey, count: number): void {
    this.#of(key).imageTokens?.give(count);
  }

  /** `x-ratelimit-*` for an answer, as OpenAI names them; empty for a key without limits. */
  headers(key: ApiKey): Readonly<Record<string, string>> {
    const { requests, imageTokens } = this.#of(key);
    return { ...headersOf(requests, 'requests'), ...headersOf(imageTokens, 'image-tokens') };
  }

  #take(
    key: ApiKey,
    bucket: TokenBucket | undefined,
    { count, what }: { readonly count: number; readonly what: string },
  ): void {
    if (!bucket || bucket.take(count)) return;
    throw new Refusal(
      429,
      `the key "${key.name}" has used its ${bucket.perMinute} ${what} a minute on this instance`,
      { retryAfterSeconds: Math.max(1, Math.ceil(bucket.waitMs(count) / 1_000)) },
    );
  }

  #of(key: ApiKey): Buckets {
    const known = this.#byName.get(key.name);
    const isSame =
      known?.requests?.perMinute === key.requestsPerMinute &&
      known?.imageTokens?.perMinute === key.imageTokensPerMinute;
    if (known && isSame) return known;
    const open = (perMinute: number | undefined) =>
      perMinute === undefined ? undefined : new TokenBucket(perMinute, this.#now);
    const buckets = { requests: open(key.requestsPerMinute), imageTokens: open(key.imageTokensPerMinute) };
    this.#byName.set(key.name, buckets);
    return buckets;
  }
}

function headersOf(bucket: TokenBucket | undefined, what: string): Readonly<Record<string, string>> {
  if (!bucket) return {};
  return {
    [`x-ratelimit-limit-${what}`]: String(bucket.perMinute),
    [`x-ratelimit-remaining-${what}`]: String(bucket.remaining),
    [`x-ratelimit-reset-${what}`]: `${Math.ceil(bucket.waitMs(bucket.perMinute) / 1_000)}s`,
  };
}
