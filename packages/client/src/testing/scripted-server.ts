import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { errorBody } from './bodies.ts';
import { Exchange } from './exchange.ts';

/** What is done with one request. Steps for the usual cases are exported beside this; any function will do. */
export type Step = (exchange: Exchange) => unknown;

/**
 * Nothing: the test takes each request with `next()`. A list: one step for each request in order, and a 501 that says so
 * for those beyond. A function: for each request.
 */
export type Script = readonly Step[] | Step;

/** A model server on a port of its own that does what it is told. */
export interface ScriptedServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123`; give it to the client as `baseUrl`. */
  readonly url: string;
  /** All requests so far, in the order in which their headers came. */
  readonly exchanges: readonly Exchange[];
  /** Connections that are open now. */
  readonly connections: number;
  /** The next request that `next` has not returned yet; waits for it. Rejects when the server is closed before. */
  next(): Promise<Exchange>;
  /** Ends kept-alive connections that have no request, as vLLM does after 5 s. */
  closeIdleConnections(): void;
  /** New connections are refused by the operating system, and all there are are cut. */
  refuseConnections(): Promise<void>;
  /** Listens again, on the same port. */
  acceptConnections(): Promise<void>;
  /** Cuts what is open. Throws what a step of the script threw: a script that fails must not pass for a server. */
  close(): Promise<void>;
}

/** Starts on a free port of the loopback interface. `await using server = await startScriptedServer(…)` closes it. */
export async function startScriptedServer(script?: Script): Promise<ScriptedServer> {
  const exchanges: Exchange[] = [];
  const sockets = new Map<Socket, number>();
  const waiting: PromiseWithResolvers<Exchange>[] = [];
  const failures: unknown[] = [];
  let taken = 0;

  const server = createServer((request, response) => {
    const requestOfConnection = (sockets.get(request.socket) ?? 0) + 1;
    sockets.set(request.socket, requestOfConnection);
    const exchange = new Exchange(request, response, { index: exchanges.length, requestOfConnection });
    exchanges.push(exchange);
    const waiter = waiting.shift();
    if (waiter) {
      taken++;
      waiter.resolve(exchange);
    }
    void runStep(stepFor(script, exchange.index), exchange);
  });
  // A server that closes idle connections when a timer says so makes tests that fail now and then.
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    sockets.set(socket, 0);
    socket.once('close', () => sockets.delete(socket));
  });
  // Bytes that are no HTTP, and clients that leave in the middle of their headers.
  server.on('clientError', (_error, socket) => socket.destroy());

  async function runStep(step: Step | undefined, exchange: Exchange): Promise<void> {
    try {
      await step?.(exchange);
    } catch (error) {
      // A client that left in the middle of its body is what some tests are about.
      if (exchange.aborted) return;
      failures.push(error);
      exchange.cut();
    }
  }

  const port = await listen(server, 0);

  async function stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets.keys()) socket.destroy();
    await stopped;
  }

  async function close(): Promise<void> {
    for (const waiter of waiting.splice(0)) {
      waiter.reject(
        new Error(`the server was closed after ${exchanges.length} requests, before the next came`),
      );
    }
    await stop();
    if (failures.length > 0) throw new AggregateError(failures, describe(failures));
  }

  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    get connections() {
      return sockets.size;
    },
    next() {
      const ready = exchanges[taken];
      if (ready) {
        taken++;
        return Promise.resolve(ready);
      }
      const waiter = Promise.withResolvers<Exchange>();
      waiting.push(waiter);
      return waiter.promise;
    },
    closeIdleConnections: () => server.closeIdleConnections(),
    refuseConnections: stop,
    acceptConnections: async () => void (await listen(server, port)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function stepFor(script: Script | undefined, index: number): Step | undefined {
  if (script === undefined || typeof script === 'function') return script;
  return script[index] ?? ((exchange) => exchange.sendJson(501, errorBody(501, beyond(script, exchange))));
}

/** 501 is the one server error that clients take for final. */
function beyond(script: readonly Step[], exchange: Exchange): string {
  return `the script has ${script.length} steps, and this is request ${exchange.index + 1}: ${exchange.method} ${exchange.path}`;
}

function describe(failures: readonly unknown[]): string {
  const [first] = failures;
  return `${failures.length} steps of the script failed, the first with: ${first instanceof Error ? first.message : String(first)}`;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
