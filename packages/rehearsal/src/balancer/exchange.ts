import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { RequestOutcome } from './access-record.ts';
import type { RunningRequest } from './balancer-target.ts';
import { type ErrorStatus, errorPage, SERVER_NAME } from './error-page.ts';
import { endToEndHeaders } from './forward-headers.ts';
import type { TargetAddress } from './probe-target.ts';
import type { TargetAgent } from './target-agent.ts';

/** ALB's fixed connection timeout towards targets (ELB user guide, troubleshooting of HTTP 504). */
export const TARGET_CONNECT_TIMEOUT_MS = 10_000;

/** Largest response header that ALB takes from a target (ELB user guide, troubleshooting of HTTP 502). */
const MAX_RESPONSE_HEADER_BYTES = 32 * 1024;

export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: TargetAddress;
  /** Of the request to the target, without body framing: name, value, name, value, … */
  readonly headers: readonly string[];
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly agent: TargetAgent;
}

export interface ExchangeResult {
  readonly status: number;
  readonly targetStatus: number | undefined;
  readonly bytes: number;
  readonly outcome: RequestOutcome;
  readonly error: string | undefined;
}

/** One request passed to a target and its answer passed back, both streamed with backpressure. */
export class Exchange implements RunningRequest {
  readonly done: Promise<ExchangeResult>;
  readonly #options: ExchangeOptions;
  readonly #upstream: ClientRequest;
  readonly #idle: NodeJS.Timeout;
  readonly #finish: (result: ExchangeResult) => void;
  #connecting: NodeJS.Timeout | undefined;
  #settled = false;
  #bytes = 0;
  #targetStatus: number | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<ExchangeResult>();
    this.done = promise;
    this.#finish = resolve;
    this.#idle = setTimeout(() => this.#onIdle(), options.idleTimeoutMs);
    this.#upstream = this.#send();
    options.response.once('close', () => this.#onClientClose());
  }

  cut(): void {
    this.#fail(502, 'the deregistration delay ended before the target had answered', 'deregistered');
  }

  #send(): ClientRequest {
    const { request, address, headers, agent } = this.#options;
    const upstream = httpRequest({
      host: address.host,
      port: address.port,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: [...headers, ...bodyFraming(request)],
      setHost: false,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
      agent,
    });
    upstream.once('socket', (socket) => {
      if (!socket.connecting) return;
      this.#connecting = setTimeout(() => {
        this.#fail(
          504,
          `no connection to ${address.host}:${address.port} within ${this.#options.connectTimeoutMs} ms`,
        );
      }, this.#options.connectTimeoutMs);
      socket.once('connect', () => clearTimeout(this.#connecting));
    });
    upstream.once('response', (answer) => this.#pass(answer));
    upstream.on('error', (error) => this.#fail(statusOf(error), describe(error), 'target-closed'));
    request.on('data', () => this.#idle.refresh());
    request.pipe(upstream);
    return upstream;
  }

  #pass(answer: IncomingMessage): void {
    const { response } = this.#options;
    if (this.#settled) return;
    this.#idle.refresh();
    const status = answer.statusCode ?? 502;
    this.#targetStatus = status;
    response.writeHead(status, answer.statusMessage, endToEndHeaders(answer.rawHeaders));
    // A stream's first event may be long in coming; its headers are passed on as they come.
    response.flushHeaders();
    answer.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      this.#idle.refresh();
    });
    answer.once('error', (error) => this.#fail(502, describe(error), 'target-closed'));
    response.on('drain', () => this.#idle.refresh());
    answer.pipe(response);
  }

  #onClientClose(): void {
    if (this.#settled) return;
    const { response } = this.#options;
    if (response.writableFinished) {
      this.#settle({ status: response.statusCode, outcome: 'completed', error: undefined });
    } else {
      const status = response.headersSent ? response.statusCode : 460;
      this.#settle({ status, outcome: 'client-closed', error: 'the client closed its connection' });
      this.#upstream.destroy();
    }
  }

  #onIdle(): void {
    const { request, idleTimeoutMs } = this.#options;
    const seconds = `${idleTimeoutMs / 1000} s (idle timeout)`;
    const waitsForClient = !request.complete && !this.#upstream.writableNeedDrain;
    if (waitsForClient) this.#fail(408, `the client sent nothing for ${seconds}`, 'idle-timeout');
    else this.#fail(504, `the target sent nothing for ${seconds}`, 'idle-timeout');
  }

  /** Answers with an error page, or breaks the connection off when the target's headers have been passed on. */
  #fail(status: ErrorStatus, error: string, cutAs: RequestOutcome = 'completed'): void {
    if (this.#settled) return;
    const { request, response } = this.#options;
    request.unpipe(this.#upstream);
    if (response.headersSent) {
      this.#settle({ status: response.statusCode, outcome: cutAs, error });
      response.destroy();
    } else {
      this.#settle({ status, outcome: 'completed', error });
      sendErrorPage(request, response, status);
    }
    this.#upstream.destroy();
  }

  #settle(end: {
    readonly status: number;
    readonly outcome: RequestOutcome;
    readonly error: string | undefined;
  }): void {
    this.#settled = true;
    clearTimeout(this.#idle);
    clearTimeout(this.#connecting);
    this.#finish({ ...end, targetStatus: this.#targetStatus, bytes: this.#bytes });
  }
}

/** Answers as ALB does when it has no answer of a target to pass on. */
export function sendErrorPage(request: IncomingMessage, response: ServerResponse, status: ErrorStatus): void {
  const page = errorPage(status);
  const headers = {
    Server: SERVER_NAME,
    'Content-Type': 'text/html',
    'Content-Length': Buffer.byteLength(page.body),
  };
  // What has stalled will not end by itself.
  response.writeHead(status, page.reason, status === 408 ? { ...headers, Connection: 'close' } : headers);
  response.end(page.body);
  if (status === 408) response.once('finish', () => request.socket.end());
  // The rest of the body is read and dropped, so that the connection can be used again.
  request.resume();
}

function bodyFraming(request: IncomingMessage): string[] {
  const { headers, method } = request;
  if (headers['transfer-encoding'] !== undefined) return ['Transfer-Encoding', 'chunked'];
  if (headers['content-length'] !== undefined) return ['Content-Length', headers['content-length']];
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? ['Content-Length', '0'] : [];
}

function statusOf(error: Error): ErrorStatus {
  const code = 'code' in error ? error.code : undefined;
  return code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH' ? 504 : 502;
}

function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'the target refused the connection';
  if (code?.startsWith('HPE_')) return `the target's answer is malformed: ${error.message}`;
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return 'the target closed the connection before its answer was complete';
  return `the request to the target failed: ${error.message}`;
}
