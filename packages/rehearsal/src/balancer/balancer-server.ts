import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AccessLog } from './access-record.ts';
import type { UntimedBalancerEvent } from './balancer-event.ts';
import { type ErrorStatus, errorPage, SERVER_NAME } from './error-page.ts';
import { Exchange, type ExchangeResult, sendErrorPage } from './exchange.ts';
import { requestHeaders } from './forward-headers.ts';
import type { ListenerConfig, LoadBalancerConfig, RuleAction, TargetId } from './load-balancer-config.ts';
import { matchAction } from './rule-matching.ts';
import { TargetAgent } from './target-agent.ts';
import { chooseTargetGroup } from './target-choice.ts';
import type { TargetTable } from './target-table.ts';

/** Limits of ALB (ELB user guide, "Quotas" and HTTP 414). */
const MAX_REQUEST_HEADER_BYTES = 64 * 1024;
const MAX_URL_LENGTH = 16 * 1024;

export interface BalancerServerOptions {
  readonly table: TargetTable;
  readonly log: AccessLog;
  readonly emit: (event: UntimedBalancerEvent) => void;
  readonly connectTimeoutMs: number;
  readonly random: () => number;
}

/** An answer that the load balancer gave without a target's help. */
type OwnAnswer = Pick<ExchangeResult, 'status' | 'bytes' | 'error'>;

/** The listener: takes requests, finds the rule, and answers or passes on. */
export class BalancerServer {
  readonly #options: BalancerServerOptions;
  readonly #agent = new TargetAgent();
  readonly #server: Server;
  readonly #connectedAt = new WeakMap<Socket, number>();
  #config: LoadBalancerConfig | undefined;
  #refusal: string | undefined;

  constructor(options: BalancerServerOptions) {
    this.#options = options;
    // Slow requests are ended by the load balancer's own idle timeout alone.
    const limits = { maxHeaderSize: MAX_REQUEST_HEADER_BYTES, requestTimeout: 0, keepAliveTimeout: 60_000 };
    this.#server = createServer(limits, (request, response) => void this.#serve(request, response));
    this.#server.on('connection', (socket) => this.#connectedAt.set(socket, performance.now()));
    this.#server.on('clientError', refuseMalformed);
  }

  listen(address: { readonly port: number; readonly host: string }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address.port, address.host, () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  configure(config: LoadBalancerConfig): void {
    this.#config = config;
    this.#refusal = undefined;
    this.#server.keepAliveTimeout = config.idleTimeoutSeconds * 1000;
    this.#agent.idleTimeoutMs = config.idleTimeoutSeconds * 1000;
  }

  /** From now on every request gets 500, until there is a configuration again. */
  refuse(error: Error): void {
    this.#refusal = error.message;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const began = performance.now();
    const traceId = newTraceId(at);
    const { method = 'GET', url = '/' } = request;
    this.#limitConnection(request, response);
    const { target, ...result } = await this.#answer(request, response, traceId);
    const ms = Math.round(performance.now() - began);
    const record = { at, method, path: url, target, ms, traceId, ...result };
    this.#options.log.add(record);
    if (record.outcome === 'client-closed') this.#options.emit({ type: 'client-closed', record });
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    traceId: string,
  ): Promise<ExchangeResult & { readonly target: TargetId | undefined }> {
    const config = this.#config;
    const listener = config?.listener;
    const own = (answer: OwnAnswer) => ({
      ...answer,
      targetStatus: undefined,
      target: undefined,
      outcome: 'completed' as const,
    });
    if (this.#refusal) return own(this.#error(request, response, { status: 500, error: this.#refusal }));
    if (!config || !listener) {
      return own(
        this.#error(request, response, {
          status: 503,
          error: 'there is no load balancer with a listener yet',
        }),
      );
    }
    const unfit = checkRequest(request);
    if (unfit) return own(this.#error(request, response, unfit));
    const action = actionFor(listener, request);
    if (action.type === 'fixed-response') return own(sendFixed(request, response, action));
    const arn = chooseTargetGroup(action.targetGroups, this.#options.random);
    const group = arn === undefined ? undefined : config.targetGroups.get(arn);
    const chosen = group && this.#options.table.choose(group);
    if (!chosen) {
      return own(
        this.#error(request, response, {
          status: 503,
          error: `no target is registered with ${group?.name ?? arn}`,
        }),
      );
    }
    const target = { id: chosen.id, port: chosen.port };
    const address = chosen.address();
    if (!address) {
      const answer = this.#error(request, response, {
        status: 502,
        error: `no process plays ${target.id}:${target.port}`,
      });
      return { ...own(answer), target };
    }
    const exchange = new Exchange({
      request,
      response,
      address,
      headers: requestHeaders({
        headers: request.rawHeaders,
        clientAddress: request.socket.remoteAddress ?? '127.0.0.1',
        listenerPort: listener.port,
        listenerProtocol: listener.protocol,
        preserveHostHeader: config.preserveHostHeader,
        forwardedForMode: config.forwardedForMode,
        traceId,
      }),
      idleTimeoutMs: config.idleTimeoutSeconds * 1000,
      connectTimeoutMs: this.#options.connectTimeoutMs,
      agent: this.#agent,
    });
    chosen.begin(exchange);
    const result = await exchange.done;
    chosen.end(exchange);
    return { ...result, target };
  }

  #error(
    request: IncomingMessage,
    response: ServerResponse,
    cause: { readonly status: ErrorStatus; readonly error: string },
  ): OwnAnswer {
    sendErrorPage(request, response, cause.status);
    return { ...cause, bytes: Buffer.byteLength(errorPage(cause.status).body) };
  }

  /** Client connections older than `client_keep_alive.seconds` are closed after the next answer. */
  #limitConnection(request: IncomingMessage, response: ServerResponse): void {
    const since = this.#connectedAt.get(request.socket) ?? performance.now();
    const limitMs = (this.#config?.clientKeepAliveSeconds ?? 3600) * 1000;
    if (performance.now() - since > limitMs) response.shouldKeepAlive = false;
  }
}

function actionFor(listener: ListenerConfig, request: IncomingMessage): RuleAction {
  const { method = 'GET', url = '/', headers } = request;
  return matchAction(listener, { method, url, host: headers.host ?? '' });
}

function checkRequest(
  request: IncomingMessage,
): { readonly status: ErrorStatus; readonly error: string } | undefined {
  if (request.method === 'TRACE') return { status: 405, error: 'ALB does not take TRACE' };
  const length = request.url?.length ?? 0;
  if (length > MAX_URL_LENGTH)
    return { status: 414, error: `the URL has ${length} characters, ALB takes ${MAX_URL_LENGTH}` };
  return undefined;
}

function sendFixed(
  request: IncomingMessage,
  response: ServerResponse,
  action: Extract<RuleAction, { type: 'fixed-response' }>,
): OwnAnswer {
  const bytes = Buffer.byteLength(action.body);
  const type = action.body === '' ? {} : { 'Content-Type': `${action.contentType}; charset=utf-8` };
  response.writeHead(action.statusCode, { Server: SERVER_NAME, ...type, 'Content-Length': bytes });
  response.end(action.body);
  request.resume();
  return { status: action.statusCode, bytes, error: undefined };
}

function newTraceId(at: number): string {
  const seconds = Math.floor(at / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** What is not HTTP gets 400, as from ALB, and its connection is closed. */
function refuseMalformed(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { status, reason, body } = errorPage(400);
  const head = `HTTP/1.1 ${status} ${reason}\r\nServer: ${SERVER_NAME}\r\nContent-Type: text/html\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
