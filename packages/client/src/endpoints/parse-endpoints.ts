import { InvalidRequestError } from '../errors/errors.ts';
import { Endpoint } from './endpoint.ts';
import { EndpointSet } from './endpoint-set.ts';

/** @throws InvalidRequestError for a URL that is not http or https or holds a password, or when there is none. */
export function parseEndpoints(
  baseUrl: string | readonly string[],
  socketPath: string | undefined,
): EndpointSet {
  const urls = (typeof baseUrl === 'string' ? [baseUrl] : baseUrl).map(parseBaseUrl);
  if (urls.length === 0) throw new InvalidRequestError('baseUrl must name at least one server, got none');
  if (socketPath !== undefined && urls.length > 1) {
    throw new InvalidRequestError(`socketPath goes with one baseUrl, got ${urls.length}`);
  }
  return new EndpointSet(urls.map((url) => new Endpoint(url, socketPath)));
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    const shown = JSON.stringify(text.replace(/\/\/[^/@]*@/, '//***@'));
    throw new InvalidRequestError(
      `baseUrl must be an http or https URL such as http://localhost:8080, got ${shown}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidRequestError(
      `baseUrl must hold no user or password, got some for ${url.host}: give the key as apiKey`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
  return url;
}
