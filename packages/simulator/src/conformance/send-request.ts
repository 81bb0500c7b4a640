import http from 'node:http';
import { expandMacros } from './expand-macros.ts';
import type { RecordedRequest } from './recording.ts';

/** Where a server listens. */
export type ServerAddress =
  | { readonly host: string; readonly port: number; readonly socketPath?: never }
  | { readonly socketPath: string };

/** What came back, byte for byte. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; `date` is left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** It came to its end. */
  readonly complete: boolean;
  readonly elapsedMs: number;
  /** The connection that it came on. */
  readonly localPort: number | undefined;
}

export interface SendOptions {
  /** Where the pictures of `$media` macros are served. */
  readonly mediaPort: number;
  /** @default - a connection of its own */
  readonly agent?: http.Agent;
  /** Hangs up when it aborts; what has come by then is the answer. @default - waits for the end */
  readonly signal?: AbortSignal;
  /** Called with all text so far whenever some comes. */
  readonly onText?: (text: string) => void;
}

/** There was no answer. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError' as const;
  /** Of the system, such as ECONNREFUSED. */
  readonly code: string;

  constructor(request: RecordedRequest, cause: NodeJS.ErrnoException) {
    super(`no answer to ${request.method} ${request.path}: ${cause.message}`, { cause });
    this.code = cause.code ?? cause.message;
  }
}

/** Sends exactly the recorded headers and nothing of a client's own. @throws NoAnswerError */
export function sendRequest(
  address: ServerAddress,
  request: RecordedRequest,
  options: SendOptions,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const payload = payloadOf(request, options.mediaPort);
  const headers: http.OutgoingHttpHeaders = { ...request.headers };
  // A socket has no name of its own; the recorded server had this one.
  if ('socketPath' in address) headers.host ??= '127.0.0.1:8000';
  if (payload) headers['content-length'] = payload.length;
  if (payload && !headers['content-type'] && !request.noContentType) {
    headers['content-type'] = 'application/json';
  }
  const { agent, signal } = options;
  const started = performance.now();
  const own = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const outgoing = http.request({
    ...address,
    method: request.method,
    path: request.path,
    headers,
    agent: agent ?? own,
  });
  let finish = (_complete: boolean): void => undefined;
  const leave = () => {
    finish(false);
    outgoing.destroy(new Error('the client hung up'));
  };
  outgoing.on('error', (error) => {
    own.destroy();
    finish(false);
    reject(new NoAnswerError(request, error));
  });
  outgoing.on('response', (response) => {
    const { localPort } = response.socket;
    let text = '';
    finish = (complete) => {
      resolve({
        status: response.statusCode ?? 0,
        headers: headersOf(response),
        text,
        complete,
        elapsedMs: performance.now() - started,
        localPort,
      });
    };
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      options.onText?.(text);
    });
    response.on('end', () => {
      finish(true);
      own.destroy();
    });
    response.on('error', () => finish(false));
  });
  signal?.addEventListener('abort', leave, { once: true });
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
