import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody, Refusal } from '../refusal.ts';
import { explainBrokenRequest } from './explain-broken-request.ts';
import { PendingAnswers } from './pending-answers.ts';
import { sendRawAnswer } from './raw-answer.ts';

export interface ConnectionGuardOptions {
  readonly instanceId: string;
  readonly headersMs: number;
  readonly stallMs: number;
  readonly lingerMs: number;
}

/** Node's own default, which is also what the load balancer passes on. */
export const MAX_HEADER_BYTES: number = 16 * 1024;

/** An idle one takes some 10 KB; the balancer opens as many as it has requests under way. */
const MOST_CONNECTIONS = 20_000;

/** No balancer pipelines; a client that does may be so far ahead. */
const MOST_PIPELINED = 8;

/** What clients may do to connections, before and beside their requests. */
export class ConnectionGuard {
  readonly #options: ConnectionGuardOptions;
  readonly #pending = new PendingAnswers();
  readonly #broken = new WeakSet<Duplex>();

  constructor(options: ConnectionGuardOptions) {
    this.#options = options;
  }

  attach(server: Server): void {
    const options = this.#options;
    server.maxConnections = MOST_CONNECTIONS;
    // As many as there are: the head's check counts them, where Node would silently forget some.
    server.maxHeadersCount = 0;
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      if (this.#pending.add(request, response) > MOST_PIPELINED) request.socket.destroy();
    });
    // Also Node's way to tell that a connection was kept alive for long enough.
    server.setTimeout(options.stallMs, (socket) => {
      if (!this.#pending.has(socket) || socket.writableLength > 0) socket.destroy();
    });
    // Whether to continue is decided when the body is to be read.
    server.on('checkContinue', (request, response) => server.emit('request', request, response));
    server.on('checkExpectation', (_request, response: ServerResponse) => {
      const refusal = new Refusal(417, 'the only expectation that can be met is 100-continue');
      const text = JSON.stringify(errorBody(refusal));
      response
        .writeHead(refusal.status, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(text),
          'x-pixtral-instance': options.instanceId,
          connection: 'close',
        })
        .end(text);
    });
    server.on('connect', (_request, socket) => {
      this.#send(socket, new Refusal(405, 'CONNECT is not accepted: this is no proxy'));
    });
  }

  /** Node found a request broken, late or too large before anybody could look at it. */
  readonly onClientError = (error: Error & { readonly code?: string }, socket: Duplex): void => {
    // The parser goes on to complain about what still arrives.
    if (this.#broken.has(socket)) return;
    this.#broken.add(socket);
    if (error.code === 'ECONNRESET' || !socket.writable || !this.#pending.mayAnswer(socket)) {
      socket.destroy();
      return;
    }
    const { headersMs } = this.#options;
    this.#send(socket, explainBrokenRequest(error, { headersMs, maxHeaderBytes: MAX_HEADER_BYTES }));
  };

  #send(socket: Duplex, refusal: Refusal): void {
    sendRawAnswer(socket, refusal, this.#options);
  }
}
