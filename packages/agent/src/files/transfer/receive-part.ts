import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { validateHeaderValue } from 'node:http';
import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectSecurely } from 'node:tls';
import type { Outcome, ReceiveOrder, SignedRequest } from './orders.ts';
import { parseResponseHead } from './response-head.ts';

/** Every connection of a thread reads into the same memory: it is hashed and written before the next one reads. */
const MEMORY: Buffer = Buffer.allocUnsafeSlow(256 * 1024);

const LONGEST_HEAD = 16 * 1024;
const HEAD_END = '\r\n\r\n';

/**
 * Fetches one part, writes it to its place and hashes it: a connection, a hash and a `pwrite`, without a stream between
 * them. Node's HTTP clients allocate and copy every 64 KiB once more, which costs as much as SHA-256 does. Only the one
 * answer that is wanted is understood, a 206 of the right length; all others are told by their status.
 *
 * Each part has a connection of its own: none is idle, and S3's names spread them over its front ends.
 */
export class PartReceiver {
  readonly outcome: Promise<Outcome>;
  readonly #settle: (outcome: Outcome) => void;
  readonly #order: ReceiveOrder;
  readonly #hash = createHash('sha256');
  readonly #socket: Socket;
  #head = '';
  #inBody = false;
  #position: number;
  #isOver = false;

  constructor(order: ReceiveOrder) {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.outcome = promise;
    this.#settle = resolve;
    this.#order = order;
    this.#position = order.range.start;
    this.#socket = open(order.request, {
      buffer: MEMORY,
      callback: (length) => {
        this.#read(MEMORY.subarray(0, length));
        return true;
      },
    });
    this.#socket
      .setTimeout(order.connectMs, () => this.#fail(new Error(this.#silence())))
      .once('connect', () => this.#socket.setTimeout(order.silenceMs))
      .once('error', (error) => this.#fail(error))
      .once('close', () => this.#fail(new Error(`the connection was closed ${this.#progress()}`)));
    this.#socket.write(writeHead(order.request));
  }

  stop(): void {
    this.#end({ kind: 'stopped' });
  }

  #read(bytes: Buffer): void {
    if (this.#isOver) return;
    try {
      const body = this.#inBody ? bytes : this.#readHead(bytes);
      if (body && body.length > 0) this.#take(body);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @returns what of the body has come with it */
  #readHead(bytes: Buffer): Buffer | undefined {
    const { range, objectBytes } = this.#order;
    const before = this.#head.length;
    this.#head += bytes.toString('latin1');
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) {
      if (this.#head.length > LONGEST_HEAD) throw new Error('the answer has too many headers');
      return undefined;
    }
    const head = parseResponseHead(this.#head.slice(0, end));
    if (head.status !== 206) {
      this.#end({ kind: 'status', status: head.status });
    } else if (head.objectBytes !== undefined && head.objectBytes !== objectBytes) {
      this.#end({ kind: 'other-object', objectBytes: head.objectBytes });
    } else if (head.contentLength === undefined) {
      throw new Error('the answer does not say how long it is');
    } else if (head.contentLength !== range.end - range.start + 1) {
      this.#end({ kind: 'other-length', bytes: head.contentLength });
    } else {
      this.#inBody = true;
      return bytes.subarray(end + HEAD_END.length - before);
    }
    return undefined;
  }

  #take(bytes: Buffer): void {
    const { range, fd } = this.#order;
    if (this.#position + bytes.length > range.end + 1) throw new Error('more came than the answer said');
    this.#hash.update(bytes);
    // A write may take less than it was given, most of all where the disk ends.
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(fd, bytes, written, bytes.length - written, this.#position + written);
    }
    this.#position += bytes.length;
    if (this.#position === range.end + 1) this.#end({ kind: 'hashed', sha256: this.#hash.digest('hex') });
  }

  #progress(): string {
    const { start, end } = this.#order.range;
    return `after ${this.#position - start} of ${end - start + 1} bytes`;
  }

  #silence(): string {
    const { connectMs, silenceMs } = this.#order;
    return this.#socket.connecting
      ? `no connection within ${connectMs / 1_000} s`
      : `nothing came for ${silenceMs / 1_000} s ${this.#progress()}`;
  }

  #fail(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    this.#end({ kind: 'failed', message: error instanceof Error ? error.message : String(error), code });
  }

  #end(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    this.#settle(outcome);
  }
}

function open(request: SignedRequest, onread: OnReadOpts): Socket {
  const { protocol, hostname: host } = request;
  if (protocol === 'http:') return connect({ host, port: request.port ?? 80, onread });
  const options: ConnectionOptions & { readonly onread: OnReadOpts } = {
    host,
    port: request.port ?? 443,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ALPNProtocols: ['http/1.1'],
    // Documented for tls.connect, and missing in its types.
    onread,
  };
  return connectSecurely(options);
}

function writeHead({ path, headers }: SignedRequest): string {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => {
    validateHeaderValue(name, value);
    return `${name}: ${value}\r\n`;
  });
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
