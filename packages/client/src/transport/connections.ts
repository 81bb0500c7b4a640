import { buildConnector, Client, type Dispatcher, Pool } from 'undici';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * vLLM and uvicorn close idle connections after 5 s, a balancer later; giving them up well before never races with
 * that.
 */
const KEEP_ALIVE_MS = 2_000;

/** Bytes that a socket takes before a write has to wait for it. A body's chunks are larger, so each is waited for. */
export const SOCKET_HIGH_WATER_MARK: number = 64 * 1024;

/**
 * The connections to one server: HTTP/1.1, as many as there are requests. undici's header and body timeouts are off: a
 * vision answer may take minutes, and the client's own deadlines say how many.
 */
export class Connections {
  readonly #origin: string;
  readonly #options: Pool.Options & Client.Options;
  readonly #pool: Pool;
  readonly #single: Set<Client> = new Set();
  #opening = false;

  constructor(origin: string, socketPath: string | undefined) {
    this.#origin = origin;
    // undici passes on what its types do not list.
    const connectOptions: buildConnector.BuildOptions & { readonly highWaterMark: number } = {
      timeout: CONNECT_TIMEOUT_MS,
      allowH2: false,
      highWaterMark: SOCKET_HIGH_WATER_MARK,
      ...(socketPath === undefined ? {} : { socketPath }),
    };
    const connect = buildConnector(connectOptions);
    this.#options = {
      // undici writes a waiting request while it is told of the new connection: that one is not on a used connection.
      connect: (options, callback) =>
        connect(options, (...result: Parameters<typeof callback>) => {
          this.#opening = true;
          try {
            callback(...result);
          } finally {
            this.#opening = false;
          }
        }),
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    };
    this.#pool = new Pool(origin, this.#options);
  }

  /** Whether the request that is being written now goes over a connection made for it. */
  get opening(): boolean {
    return this.#opening;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#pool.dispatch(options, handler);
  }

  /** Like `dispatch`, but never over a connection that was used before. */
  dispatchAnew(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const once = new Client(this.#origin, this.#options);
    this.#single.add(once);
    once.dispatch(options, handler);
    // Ends the connection after the answer.
    once.close(() => this.#single.delete(once));
  }

  /** Ends all connections, and what is still going on over them. */
  async close(): Promise<void> {
    await Promise.all([this.#pool, ...this.#single].map((connection) => connection.destroy()));
  }
}
