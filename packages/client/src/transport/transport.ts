import type { Endpoint } from '../endpoints/endpoint.ts';
import type { EndpointSet } from '../endpoints/endpoint-set.ts';
import { parseErrorBody } from '../errors/error-body.ts';
import { ApiError, ConnectionError, InvalidRequestError, PixtralError } from '../errors/errors.ts';
import { redact } from '../errors/redact.ts';
import type { Call } from './call.ts';
import { type Answer, type BodySink, Exchange, reasonOf } from './exchange.ts';
import { RequestHeaders } from './request-headers.ts';
import { RetryBudget } from './retry-budget.ts';
import { isRetryableStatus, parseRetryAfter, planRetry } from './retry-policy.ts';
import { waitFor } from './wait-for.ts';

export interface TransportOptions {
  readonly endpoints: EndpointSet;
  readonly apiKey: string | undefined;
  readonly retries: number;
  readonly random: () => number;
}

/** A body that can be sent more than once: each attempt opens it anew. */
export interface RequestBody {
  /** Bytes. */
  readonly contentLength: number;
  open(): OpenBody;
}

export interface OpenBody {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The exchange is over; `normally` says that the server answered to the end with a success. */
  release(normally: boolean): void;
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON text, or a body that holds pictures. */
  readonly body?: string | RequestBody;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** @default - the transport's */
  readonly retries?: number | undefined;
}

/** Statuses by which a balancer, or a server that is stopping, says that nobody behind it answers. */
const UNAVAILABLE: ReadonlySet<number> = new Set([502, 503, 504]);

/** Sends requests, again where that may help. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #headers: RequestHeaders;
  readonly #budget = new RetryBudget();

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#headers = new RequestHeaders(options.apiKey);
  }

  /**
   * Sends until a success or the last permitted failure. With a sink it resolves at the head of a success, and the body
   * goes to the sink; without one at the end of the body.
   */
  async send(request: TransportRequest, call: Call, sink?: BodySink): Promise<Answer> {
    const { endpoints } = this.#options;
    let endpoint = endpoints.pick(performance.now());
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#attempt(endpoint, request, call, sink);
        endpoint.succeeded();
        this.#budget.succeeded();
        return answer;
      } catch (error) {
        call.throwIfEnded();
        const now = performance.now();
        if (isUnavailable(error)) {
          endpoint.failed(now, error instanceof ApiError ? error.retryAfterMs : undefined);
        }
        const waitMs = planRetry({
          error,
          attempt,
          retries: request.retries ?? this.#options.retries,
          remainingMs: call.remainingMs(),
          elsewhere: endpoints.hasOther(endpoint, now),
          random: this.#options.random,
        });
        if (waitMs === undefined || !this.#budget.take()) throw error;
        if (waitMs > 0) await waitFor(waitMs, call);
        endpoint = endpoints.pick(performance.now(), endpoint);
      }
    }
  }

  close(): Promise<void> {
    return this.#options.endpoints.close();
  }

  async #attempt(
    endpoint: Endpoint,
    request: TransportRequest,
    call: Call,
    sink: BodySink | undefined,
  ): Promise<Answer> {
    call.throwIfEnded();
    call.trace?.attempt(endpoint.name);
    const answer = await this.#exchange({ endpoint, request, call, sink, anew: false });
    if (answer.head.ok) return answer;
    throw this.#refused(endpoint, request, answer);
  }

  /**
   * One request and its answer. When a connection that had been idle turns out to be closed, that tells nothing of the
   * server: the request goes out once more at once, over a new connection, and counts as the same attempt.
   */
  #exchange(options: {
    readonly endpoint: Endpoint;
    readonly request: TransportRequest;
    readonly call: Call;
    readonly sink: BodySink | undefined;
    readonly anew: boolean;
  }): Promise<Answer> {
    const { endpoint, request, call, sink, anew } = options;
    const { connections } = endpoint;
    const { body } = request;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const open = body === undefined || typeof body === 'string' ? undefined : body.open();
    const exchange: Exchange = new Exchange({
      resolve: (answer) => {
        // Told before a byte of a stream is.
        if (answer.head.ok) call.trace?.responded(answer.head);
        resolve(answer);
      },
      sink,
      isNewConnection: () => connections.opening,
      onFinish: (normally) => {
        endpoint.inFlight--;
        open?.release(normally);
      },
      reject: (error) => {
        if (error instanceof PixtralError) reject(error);
        else if (exchange.wasStale && !anew) resolve(this.#exchange({ ...options, anew: true }));
        else reject(this.#unreached(endpoint, request, error));
      },
    });
    call.doing(exchange);
    endpoint.inFlight++;
    const dispatched = {
      method: request.method,
      path: endpoint.prefix + request.path,
      headers: this.#headers.of(request, call.trace?.headers),
      // undici takes any iterable, its types only some.
      body: (open?.chunks ?? body ?? null) as string | null,
    };
    if (anew) connections.dispatchAnew(dispatched, exchange);
    else connections.dispatch(dispatched, exchange);
    return promise;
  }

  #refused(endpoint: Endpoint, request: TransportRequest, { head, text }: Answer): ApiError {
    const body = redact(text, this.#options.apiKey);
    const details = parseErrorBody(body, head.status);
    return new ApiError(`${nameOf(endpoint, request)}: ${head.status} ${details.message}`, {
      ...details,
      response: head,
      body,
      retryAfterMs: parseRetryAfter(head.headers['retry-after'], Date.now()),
      retryable: isRetryableStatus(head.status),
    });
  }

  #unreached(endpoint: Endpoint, request: TransportRequest, error: unknown): PixtralError {
    const message = `${nameOf(endpoint, request)}: ${reasonOf(error)}`;
    if (isRefusedByUndici(error)) return new InvalidRequestError(message, { cause: error });
    return new ConnectionError(message, { retryable: true, cause: error });
  }
}

function nameOf(endpoint: Endpoint, { method, path }: TransportRequest): string {
  return `[${method}] "${endpoint.name}${endpoint.prefix}${path}"`;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && UNAVAILABLE.has(error.status));
}

/** A header that HTTP forbids, and the like: nothing was sent, and nothing would be. */
function isRefusedByUndici(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED';
}
