import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Requests of each connection that have not been answered: with pipelining there can be several. */
export class PendingAnswers {
  readonly #bySocket = new WeakMap<Duplex, Set<Exchange>>();
  readonly #latest = new WeakMap<Duplex, IncomingMessage>();

  /** @returns how many the connection has now */
  add(request: IncomingMessage, response: ServerResponse): number {
    const { socket } = request;
    const pending = this.#bySocket.get(socket) ?? new Set();
    this.#bySocket.set(socket, pending);
    this.#latest.set(socket, request);
    const exchange = { request, response };
    pending.add(exchange);
    response.once('close', () => pending.delete(exchange));
    return pending.size;
  }

  /** Whether any request of the connection waits for its answer, or for the rest of it. */
  has(socket: Duplex): boolean {
    return (this.#bySocket.get(socket)?.size ?? 0) > 0;
  }

  /**
   * Whether bytes written to the connection now answer its last request, the one that broke: nothing stands in front of
   * it, and nothing of its answer has been sent. Otherwise the client would take them for the answer to something else. A
   * request whose body goes on after its answer has had it.
   */
  mayAnswer(socket: Duplex): boolean {
    const [first, ...others] = this.#bySocket.get(socket) ?? [];
    if (others.length > 0) return false;
    if (first === undefined) return this.#latest.get(socket)?.complete !== false;
    return !(first.request.complete || first.response.headersSent);
  }
}
