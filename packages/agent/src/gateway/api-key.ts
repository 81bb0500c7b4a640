import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether an `Authorization` header carries one of the keys. Hashes are compared, and all of them every time: the time
 * tells neither how much of a key was right nor which one.
 */
export function isAuthorized(header: string | undefined, keys: readonly string[]): boolean {
  const given = digest(/^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? '');
  let authorized = false;
  for (const key of keys) authorized = timingSafeEqual(digest(key), given) || authorized;
  return authorized;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
