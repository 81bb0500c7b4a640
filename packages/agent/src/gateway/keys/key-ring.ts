import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKey } from '../../config/api-keys.ts';

/** The keys that are valid now, as hashes to compare with. */
export class KeyRing {
  readonly #entries: readonly { readonly entry: ApiKey; readonly hash: Buffer }[];

  constructor(keys: readonly ApiKey[]) {
    this.#entries = keys.map((entry) => ({ entry, hash: digest(entry.key) }));
  }

  /**
   * The key that a request carries. Hashes are compared, and all of them every time: the time tells neither how much of
   * a key was right nor which one.
   */
  find(headers: IncomingHttpHeaders): ApiKey | undefined {
    const given = digest(readKey(headers));
    let found: ApiKey | undefined;
    for (const { entry, hash } of this.#entries) found = timingSafeEqual(hash, given) ? entry : found;
    return found;
  }
}

/** `X-Api-Key` where a balancer takes `Authorization` for its own token, `Authorization: Bearer` everywhere else. */
function readKey(headers: IncomingHttpHeaders): string {
  const own = headers['x-api-key'];
  if (typeof own === 'string') return own;
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
