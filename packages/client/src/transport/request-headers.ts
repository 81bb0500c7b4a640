import type { TransportRequest } from './transport.ts';

/** Names and values in turn, as undici writes them. */
type Headers = readonly string[];

/** The headers of requests. Without any from the caller they are always the same, and made once. */
export class RequestHeaders {
  readonly #authorization: Headers;
  readonly #get: Headers;
  readonly #post: Headers;

  constructor(apiKey: string | undefined) {
    this.#authorization = apiKey === undefined ? [] : ['authorization', `Bearer ${apiKey}`];
    this.#get = ['accept', 'application/json', ...this.#authorization];
    this.#post = ['content-type', 'application/json', ...this.#get];
  }

  /** @param added headers of a subscriber of the diagnostics channels, which the caller's own replace */
  of({ body, headers: own }: TransportRequest, added?: Readonly<Record<string, string>>): string[] {
    const headers = added === undefined ? own : { ...added, ...own };
    const fixed = body === undefined ? this.#get : this.#post;
    const all = headers === undefined ? fixed : this.#with(headers, body !== undefined);
    // undici only reads the array.
    if (body === undefined || typeof body === 'string') return all as string[];
    return [...all, 'content-length', String(body.contentLength)];
  }

  /** The caller's headers replace the client's, except for the key. */
  #with(headers: Readonly<Record<string, string>>, hasBody: boolean): Headers {
    const merged = new Map<string, string>([['accept', 'application/json']]);
    if (hasBody) merged.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers)) merged.set(name.toLowerCase(), value);
    const [name, value] = this.#authorization;
    if (name !== undefined && value !== undefined) merged.set(name, value);
    return [...merged].flat();
  }
}
