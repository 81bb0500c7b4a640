import http from 'node:http';
import https from 'node:https';

export interface FetchOptions {
  readonly userAgent: string;
  /** Follows redirects; otherwise their empty body is the answer. */
  readonly redirects: boolean;
  readonly limitMs: number;
}

export interface Fetched {
  readonly status: number;
  /** Of the status line. */
  readonly reason: string;
  readonly bytes: Buffer;
}

/** No answer: refused, or too late. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure' as const;
  readonly timedOut: boolean;

  constructor(message: string, timedOut: boolean) {
    super(message);
    this.timedOut = timedOut;
  }
}

const MOST_REDIRECTS = 10;

/**
 * One GET. The global `fetch` refuses ports such as 9, which Python's clients do not.
 * @throws FetchFailure
 */
export async function fetchOnce(url: string, options: FetchOptions): Promise<Fetched> {
  const signal = AbortSignal.timeout(options.limitMs);
  let at = url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const { response, bytes } = await get(at, options.userAgent, signal);
    const { statusCode = 0, statusMessage = '', headers } = response;
    if (!options.redirects || statusCode < 300 || statusCode > 399 || !headers.location) {
      return { status: statusCode, reason: statusMessage, bytes };
    }
    at = new URL(headers.location, at).href;
  }
  throw new FetchFailure(`more than ${MOST_REDIRECTS} redirects`, false);
}

function get(
  url: string,
  userAgent: string,
  signal: AbortSignal,
): Promise<{ readonly response: http.IncomingMessage; readonly bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new FetchFailure(error.message, signal.aborted));
    const headers = { 'user-agent': userAgent, accept: '*/*' };
    const client = url.startsWith('https:') ? https : http;
    const request = client.get(url, { headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ response, bytes: Buffer.concat(chunks) }));
      response.on('error', fail);
    });
    request.on('error', fail);
  });
}
