import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { Readable } from 'node:stream';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the body ended as it should. */
  readonly complete: boolean;
}

export interface CallOptions {
  readonly method?: string;
  readonly body?: string | Readable;
  readonly headers?: OutgoingHttpHeaders;
  readonly signal?: AbortSignal;
  /** Told every piece of the body as it arrives. */
  readonly onData?: (piece: string) => void;
}

/** One request on a connection of its own, with the answer as it was on the wire. */
export function call(url: string, options: CallOptions = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(url, {
    agent: false,
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
    ...(options.signal ? { signal: options.signal } : {}),
  });
  outgoing.once('error', reject);
  outgoing.once('response', (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      body += piece;
      options.onData?.(piece);
    });
    // An answer that breaks off errors and then closes; both are what the caller wants to know of.
    response.on('error', () => undefined);
    response.once('close', () => {
      const { statusCode: status = 0, headers, complete } = response;
      resolve({ status, headers, body, complete });
    });
  });
  if (options.body instanceof Readable) options.body.pipe(outgoing);
  else outgoing.end(options.body);
  return promise;
}
