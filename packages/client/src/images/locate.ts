import { fileURLToPath } from 'node:url';
import { InvalidRequestError } from '../errors/errors.ts';

/** Where a string or URL says that a picture is. */
export type Location =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'web'; readonly url: URL }
  | { readonly kind: 'data'; readonly uri: string }
  /** Only the fleet can read it. */
  | { readonly kind: 's3'; readonly uri: string };

/**
 * A string without a scheme is a path; so is one with a drive's letter before the colon.
 * @throws InvalidRequestError for any other scheme, and for a URL that cannot be read.
 */
export function locate(place: string | URL): Location {
  const text = String(place);
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'file', path: text };
  if (scheme === 'data') return { kind: 'data', uri: text };
  if (scheme === 's3') return { kind: 's3', uri: text };
  const url = URL.parse(text);
  if (url && scheme === 'file') return { kind: 'file', path: fileURLToPath(url) };
  if (url && (scheme === 'http' || scheme === 'https')) return { kind: 'web', url };
  throw new InvalidRequestError(
    `expected a path or a file:, http:, https:, s3: or data: URL of a picture, got ${JSON.stringify(text.slice(0, 100))}`,
  );
}
