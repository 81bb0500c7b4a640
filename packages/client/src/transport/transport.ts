import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import { parseErrorBody } from '../errors/error-body.ts';
import { ApiError, ConnectionError, type ResponseInfo } from '../errors/errors.ts';
import type { CallDeadlines } from './call-deadlines.ts';
import { isRetryableStatus, parseRetryAfter, planRetry } from './retry-policy.ts';

export interface TransportOptions {
  readonly baseUrl: URL;
  readonly socketPath: string | undefined;
  readonly apiKey: string | undefined;
  readonly retries: number;
  readonly random: () => number;
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON text. */
  readonly body?: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TransportResponse {
  readonly info: ResponseInfo;
  readonly body: Dispatcher.ResponseData['body'];
}

const CONNECT_TIMEOUT_MS = 10_000;

/** vLLM and uvicorn close idle connections after 5 s; giving them up well before never races with that. */
const KEEP_ALIVE_MS = 2_000;

const LONGEST_ERROR_BODY = 64 * 1024;

/**
 * HTTP/1.1 on a pool of its own. undici's header and body timeouts are off: a vision answer may take minutes, and the
 * client's own deadlines say how many.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #pool: Pool;
  readonly #prefix: string;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#prefix = options.baseUrl.pathname.replace(/\/+$/, '');
    this.#pool = new Pool(options.baseUrl.origin, {
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        ...(options.socketPath ? { socketPath: options.socketPath } : {}),
      },
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    });
  }

  /** Sends until a success or the last permitted failure. The body of the result is still to be read. */
  async send(request: TransportRequest, deadlines: CallDeadlines): Promise<TransportResponse> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(request, deadlines);
      } catch (error) {
        deadlines.throwIfEnded();
        const waitMs = planRetry({
          error,
          attempt,
          retries: this.#options.retries,
          remainingMs: deadlines.remainingMs(),
          random: this.#options.random,
        });
        if (waitMs === undefined) throw error;
        await sleep(waitMs, undefined, { signal: deadlines.signal }).catch(() => deadlines.throwIfEnded());
      }
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #attempt(request: TransportRequest, deadlines: CallDeadlines): Promise<TransportResponse> {
    deadlines.throwIfEnded();
    const response = await this.#dispatch(request, deadlines.signal);
    const info = describeResponse(response);
    if (info.status >= 200 && info.status < 300) return { info, body: response.body };
    const body = await readBounded(response.body);
    const details = parseErrorBody(body, info.status);
    throw new ApiError(`${this.#name(request)}: ${info.status} ${details.message}`, {
      ...details,
      response: info,
      body,
      retryAfterMs: parseRetryAfter(info.headers['retry-after'], Date.now()),
      retryable: isRetryableStatus(info.status),
    });
  }

  async #dispatch(request: TransportRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { apiKey } = this.#options;
    try {
      return await this.#pool.request({
        method: request.method,
        path: this.#prefix + request.path,
        headers: {
          accept: 'application/json',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
          ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
        },
        body: request.body ?? null,
        signal,
      });
    } catch (error) {
      throw new ConnectionError(`${this.#name(request)}: ${reasonOf(error)}`, {
        retryable: true,
        cause: error,
      });
    }
  }

  #name(request: TransportRequest): string {
    const { baseUrl, socketPath } = this.#options;
    return `[${request.method}] "${socketPath ? `unix:${socketPath}` : baseUrl.origin}${this.#prefix}${request.path}"`;
  }
}

function describeResponse(response: Dispatcher.ResponseData): ResponseInfo {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return {
    status: response.statusCode,
    headers,
    instanceId: headers['x-pixtral-instance'],
    requestId: headers['x-request-id'],
  };
}

/** An error body is for reading, not for filling memory; what is beyond the limit is dropped with its connection. */
async function readBounded(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LONGEST_ERROR_BODY) break;
    }
  } catch {
    // The status has come and is the error; a body that breaks off adds nothing to it.
  }
  return Buffer.concat(chunks).subarray(0, LONGEST_ERROR_BODY).toString('utf8');
}

/** undici wraps system errors; the innermost message is the one that says what happened. */
function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  if (!(inner instanceof Error)) return String(inner);
  return inner.message === '' ? inner.name : inner.message;
}
