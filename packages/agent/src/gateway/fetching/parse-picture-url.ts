import { PictureFetchError } from './picture-source.ts';

/** A URL that only one host can be meant by. */
export interface PictureUrl {
  readonly host: string;
  /** With query, as it is sent. */
  readonly path: string;
}

/** Plain characters from scheme to query: nothing that two parsers read differently. A fragment is never sent. */
const PLAIN_URL = /^https:\/\/([a-z0-9.-]+)(?::443)?([/?][!$&'()*+,\-./0-9:;=?@A-Z_a-z~%]*)?(?:#.*)?$/i;

/**
 * Reads a URL so strictly that no two parsers can see another host in it: no user info, backslashes, tabs, escapes or
 * other alphabets before the path, no trailing dot, no address instead of a name.
 * @throws PictureFetchError
 */
export function parsePictureUrl(text: string, hosts: readonly string[]): PictureUrl {
  if (!/^https:/i.test(text)) {
    throw new PictureFetchError(`the scheme must be https, got ${show(text.split(':', 1)[0] ?? '')}`);
  }
  const match = PLAIN_URL.exec(text);
  const host = match?.[1]?.toLowerCase();
  // The platform's own parser has to agree.
  if (host === undefined || URL.parse(text)?.hostname !== host) {
    throw new PictureFetchError(
      'the URL must be https://host/path in plain characters, on port 443 and without user or password',
    );
  }
  if (!hosts.includes(host)) {
    throw new PictureFetchError(`this fleet does not fetch from the host ${show(host)}`);
  }
  const path = match?.[2] ?? '/';
  return { host, path: path.startsWith('/') ? path : `/${path}` };
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
