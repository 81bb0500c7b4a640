import http from 'node:http';

/** What a client got. */
export interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  /** Of the body; of the error where there was no answer. */
  readonly text: string;
  /** Whether it came to its end. */
  readonly ended: boolean;
  readonly ms: number;
}

export interface AskOptions {
  /** @default 'POST' with a body, 'GET' without */
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer is given up after it. @default 60_000 */
  readonly timeoutMs?: number;
  /** Hangs up. @default - never */
  readonly signal?: AbortSignal;
  /** Is told of each piece of the answer's body. */
  readonly onData?: (text: string) => void;
}

const LONGEST_TEXT = 200_000;

/** One request on a connection of its own; no error is thrown, for an attack may well end in one. */
export function ask(
  address: { readonly host: string; readonly port: number },
  path: string,
  options: AskOptions,
): Promise<Answer> {
  const { body, method = body === undefined ? 'GET' : 'POST', timeoutMs = 60_000, onData, signal } = options;
  const beganAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<Answer>();
  let [status, text] = [0, ''];
  const hangUp = () => finish(false, 'hung up');
  const finish = (ended: boolean, reason = '') => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', hangUp);
    resolve({ status, text: text || reason, ended, ms: performance.now() - beganAt });
    request.destroy();
  };
  const request = http.request({
    ...address,
    ...{ method, path, agent: false },
    headers: { 'content-type': 'application/json', ...options.headers },
  });
  const timer = setTimeout(() => finish(false, `no answer within ${timeoutMs / 1_000} s`), timeoutMs);
  signal?.addEventListener('abort', hangUp);
  request.once('response', (response) => {
    status = response.statusCode ?? 0;
    response.setEncoding('utf8').on('data', (chunk: string) => {
      if (text.length < LONGEST_TEXT) text += chunk;
      onData?.(chunk);
    });
    response.once('end', () => finish(true)).once('error', (error) => finish(false, error.message));
  });
  request.on('error', (error) => finish(false, error.message));
  request.end(body);
  return promise;
}
