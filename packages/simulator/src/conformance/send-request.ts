import http from 'node:http';
import { expandMacros } from './expand-macros.ts';
import type { RecordedRequest } from './recording.ts';

/** What came back, byte for byte. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; `date` is left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly elapsedMs: number;
  /** The connection that it came on. */
  readonly localPort: number | undefined;
}

export interface SendOptions {
  /** Where the pictures of `$media` macros are served. */
  readonly mediaPort: number;
  /** @default - a connection of its own */
  readonly agent?: http.Agent;
  /** Hangs up when it aborts; what has come by then is the answer. */
  readonly signal?: AbortSignal;
  /** Called with all text so far whenever some comes. */
  readonly onText?: (text: string) => void;
}

/** Sends exactly the recorded headers and nothing of a client's own. @throws Error when there is no answer. */
export function sendRequest(base: URL, request: RecordedRequest, options: SendOptions): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const payload = payloadOf(request, options.mediaPort);
  const headers: http.OutgoingHttpHeaders = { ...request.headers };
  if (payload) headers['content-length'] = payload.length;
  if (payload && !headers['content-type'] && !request.noContentType) {
    headers['content-type'] = 'application/json';
  }
  const { agent, signal } = options;
  const started = performance.now();
  const own = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const outgoing = http.request(base, {
    method: request.method,
    path: request.path,
    headers,
    agent: agent ?? own,
  });
  outgoing.on('error', (error) => {
    own.destroy();
    reject(error);
  });
  outgoing.on('response', (response) => {
    const { localPort } = response.socket;
    let text = '';
    const finish = () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: headersOf(response),
        text,
        elapsedMs: performance.now() - started,
        localPort,
      });
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      options.onText?.(text);
    });
    response.on('end', () => {
      finish();
      own.destroy();
    });
    response.on('error', finish);
  });
  signal?.addEventListener('abort', () => outgoing.destroy(new Error('the client hung up')), { once: true });
  outgoing.end(payload);
  return promise;
}

function payloadOf(request: RecordedRequest, mediaPort: number): Buffer | undefined {
  if (request.bodyRaw !== undefined) return Buffer.from(request.bodyRaw);
  if (request.body === undefined) return undefined;
  return Buffer.from(JSON.stringify(expandMacros(request.body, mediaPort)));
}

function headersOf(response: http.IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < response.rawHeaders.length; index += 2) {
    const name = response.rawHeaders[index]?.toLowerCase() ?? '';
    const value = response.rawHeaders[index + 1] ?? '';
    if (name !== 'date') headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}
