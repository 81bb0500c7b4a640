import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import {
  type AnswerOptions,
  chunkBody,
  completionBody,
  errorBody,
  type ScriptedChoice,
  usageChunkBody,
} from './bodies.ts';

/**
 * One request that a scripted server got, and the means of answering it, a step at a time. Nothing is answered on its
 * own: a request without an answer is a server that stalls.
 *
 * What is sent resolves once the operating system has taken it, or at once when the client has gone.
 */
export class Exchange {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  /** How many requests came before, on all connections. */
  readonly index: number;
  /** 1 for the first request of a connection; more than 1 on one that was kept alive. */
  readonly requestOfConnection: number;
  /** Resolves when the answer was sent to its end, or the connection closed before. It never rejects. */
  readonly closed: Promise<'finished' | 'aborted'>;

  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #texts = new Map<number, string>();
  #body: Promise<Buffer> | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    place: { readonly index: number; readonly requestOfConnection: number },
  ) {
    this.#request = request;
    this.#response = response;
    this.method = request.method ?? '';
    this.path = request.url ?? '';
    this.headers = request.headers;
    this.index = place.index;
    this.requestOfConnection = place.requestOfConnection;
    const { promise, resolve } = Promise.withResolvers<'finished' | 'aborted'>();
    this.closed = promise;
    response.once('close', () => resolve(response.writableFinished ? 'finished' : 'aborted'));
  }

  /** Whether the client went away, or the script cut the connection, before the answer was complete. */
  get aborted(): boolean {
    return this.#response.destroyed && !this.#response.writableFinished;
  }

  /** The whole body of the request, read now if it has not been. Rejects when the client leaves before its end. */
  body(): Promise<Buffer> {
    this.#body ??= readAll(this.#request);
    return this.#body;
  }

  /** The body as JSON. @throws SyntaxError when it is not. */
  async json(): Promise<unknown> {
    return JSON.parse((await this.body()).toString('utf8'));
  }

  /** A whole answer of one choice or several. For a request with `stream: true` use `sendChunk` and `finish`. */
  async answer(answer: string | readonly ScriptedChoice[], options: AnswerOptions = {}): Promise<void> {
    await this.sendJson(200, completionBody(answer, options), options.headers);
  }

  /** A whole response with a JSON body. */
  async sendJson(
    status: number,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.send(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  /** A whole response with any body. The request's is read first, as servers do. */
  async send(
    status: number,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.body().catch(() => undefined);
    if (this.#response.destroyed) return;
    this.#response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
    await this.#end(body);
  }

  /**
   * A response while the request's body is still coming, of which no more is read, as a proxy does that refuses a body
   * by its length. The connection stays open, so that the client decides how it ends.
   */
  async sendEarly(
    status: number,
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    this.#request.pause();
    const lines = Object.entries({
      'content-length': Buffer.byteLength(body),
      connection: 'close',
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    // Through the socket: Node's response would read the rest of the body to throw it away.
    await writeTo(this.#request.socket, `HTTP/1.1 ${status} Early\r\n${lines.join('')}\r\n${body}`);
  }

  /** Status and headers of an answer in events. `sendChunk` does it when needed. */
  beginStream(headers: Readonly<Record<string, string>> = {}): void {
    if (this.#response.headersSent || this.#response.destroyed) return;
    this.#response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
    this.#response.flushHeaders();
  }

  /** Some text of a streamed answer. */
  async sendChunk(text: string, options: AnswerOptions & { readonly index?: number } = {}): Promise<void> {
    const { index = 0 } = options;
    this.#texts.set(index, (this.#texts.get(index) ?? '') + text);
    await this.sendData(chunkBody({ text, index }, options));
  }

  /** One event with anything as its data; objects become JSON. */
  async sendData(data: object | string): Promise<void> {
    await this.sendRaw(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  }

  /** A comment, as servers send to keep a connection alive. No event. */
  async sendComment(text = 'keep-alive'): Promise<void> {
    await this.sendRaw(`: ${text}\n\n`);
  }

  /** An error after the stream has begun, in vLLM's form. The stream goes on: vLLM sends `[DONE]` after it. */
  async sendStreamError(message: string, status = 500): Promise<void> {
    await this.sendData(errorBody(status, message));
  }

  /** Bytes of the stream as they are: events that are cut, or wrong. */
  async sendRaw(bytes: string | Uint8Array): Promise<void> {
    this.beginStream();
    await writeTo(this.#response, bytes);
  }

  /** The regular end of a streamed answer: finish reason of each choice, usage, `[DONE]`, end of the response. */
  async finish(options: AnswerOptions & { readonly usage?: boolean } = {}): Promise<void> {
    const { finishReason = 'stop', usage = true } = options;
    const indexes = this.#texts.size === 0 ? [0] : [...this.#texts.keys()];
    for (const index of indexes) await this.sendData(chunkBody({ finishReason, index }, options));
    if (usage) await this.sendData(usageChunkBody([...this.#texts.values()], options));
    await this.sendData('[DONE]');
    await this.end();
  }

  /** Ends the response, whatever was sent: without `finish` before, the stream is incomplete although the HTTP is not. */
  async end(): Promise<void> {
    this.beginStream();
    await this.#end('');
  }

  /** Closes the connection without a word, as a process that dies. */
  cut(): void {
    this.#request.socket.resetAndDestroy();
  }

  async #end(last: string | Uint8Array): Promise<void> {
    if (this.#response.destroyed) return;
    this.#response.end(last);
    await this.closed;
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** A client that has gone is no failure of the script. */
function writeTo(
  target: NodeJS.WritableStream & { readonly destroyed?: boolean },
  bytes: string | Uint8Array,
) {
  return new Promise<void>((resolve) => {
    if (target.destroyed) resolve();
    else target.write(bytes, () => resolve());
  });
}
