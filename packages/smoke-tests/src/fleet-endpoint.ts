import { CouldNotRunError } from './errors.ts';

/** Where a fleet is and how to talk to it. */
export interface FleetEndpoint {
  /** Base URL without `/v1` and without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
  /** Served model name. */
  readonly model: string;
}

/** @throws CouldNotRunError that says which of the three is wrong, what was got, and what is expected. */
export function parseFleetEndpoint(given: {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
}): FleetEndpoint {
  return { url: parseUrl(given.baseUrl), apiKey: parseKey(given.apiKey), model: parseModel(given.model) };
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new CouldNotRunError(
      `endpoint must be an http or https URL such as http://localhost:8080, got ${JSON.stringify(text)}`,
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new CouldNotRunError(
      `endpoint must be scheme, host, port and path only, without user, "?" or "#", got a URL for host ${url.host}`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')}`;
}

function parseKey(key: string): string {
  // The key itself is never shown: reports are kept and passed on.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new CouldNotRunError(
      key === ''
        ? 'API key is empty: a fleet always has one (its secret is among the stack outputs); set PIXTRAL_API_KEY'
        : 'API key must consist of visible ASCII characters; remove spaces and line ends around it',
    );
  }
  return key;
}

function parseModel(model: string): string {
  if (model.trim() === '') {
    throw new CouldNotRunError('model is empty: give the served model name, such as pixtral-12b');
  }
  return model;
}
