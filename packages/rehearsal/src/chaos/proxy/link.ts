import type { Socket } from 'node:net';
import type { Latency } from './fault-proxy.ts';

/** Ends an answer that is sent in chunks (RFC 9112 §7.1). */
const LAST_CHUNK = '0\r\n\r\n';

/** The two sockets of a connection through the proxy. */
export class Link {
  latency: Latency | undefined;
  readonly #downstream: Socket;
  readonly #upstream: Socket;
  readonly #onClosed: () => void;
  #isLost = false;
  #endsCleanly = false;

  constructor(downstream: Socket, upstream: Socket, onClosed: () => void) {
    this.#downstream = downstream;
    this.#upstream = upstream;
    this.#onClosed = onClosed;
    this.#forward(downstream, upstream);
    this.#forward(upstream, downstream);
  }

  /** Open, and dead. */
  get isLost(): boolean {
    return this.#isLost;
  }

  reset(): void {
    this.#downstream.resetAndDestroy();
    this.#upstream.resetAndDestroy();
  }

  finish(): void {
    this.#isLost = true;
    this.#downstream.end();
    this.#upstream.end();
  }

  blackHole(): void {
    this.#isLost = true;
  }

  halfOpen(): void {
    this.#isLost = true;
    this.#upstream.end(() => this.#upstream.destroy());
  }

  endCleanly(): void {
    this.#endsCleanly = true;
  }

  #forward(from: Socket, to: Socket): void {
    const queue = new DelayedWrites(to);
    from.on('error', () => undefined);
    from.on('data', (chunk: Buffer) => {
      // What is lost is read all the same: its sender sees a connection that takes everything.
      if (this.#isLost) return;
      const isWritten = queue.write(chunk, this.latency);
      if (!isWritten) {
        from.pause();
        to.once('drain', () => from.resume());
      }
      if (this.#endsCleanly && from === this.#upstream && chunk.subarray(-2).toString('latin1') === '\r\n') {
        this.#isLost = true;
        to.end(LAST_CHUNK);
        from.destroy();
      }
    });
    from.once('end', () => {
      if (!this.#isLost) queue.end(this.latency);
    });
    from.once('close', (hadError) => {
      if (!this.#isLost && hadError) to.resetAndDestroy();
      else if (!this.#isLost && !to.writableEnded) queue.end(this.latency);
      if (this.#downstream.destroyed && this.#upstream.destroyed) this.#onClosed();
      // One whose peer has gone for good, and that nobody will close any more.
      else if (this.#isLost && from === this.#downstream) this.#upstream.destroy();
    });
  }
}

/** Writes in the order of arrival, each as late as it is told. */
class DelayedWrites {
  readonly #socket: Socket;
  readonly #waiting: { readonly at: number; readonly chunk: Buffer | undefined }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Returns whether more may be written at once. */
  write(chunk: Buffer, latency: Latency | undefined): boolean {
    if (!latency && this.#waiting.length === 0) return this.#socket.write(chunk);
    this.#push(chunk, latency);
    return true;
  }

  end(latency: Latency | undefined): void {
    if (!latency && this.#waiting.length === 0) this.#socket.end();
    else this.#push(undefined, latency);
  }

  #push(chunk: Buffer | undefined, latency: Latency | undefined): void {
    const extra = latency ? latency.least + Math.random() * (latency.most - latency.least) : 0;
    const at = Math.max(this.#waiting.at(-1)?.at ?? 0, performance.now() + extra);
    this.#waiting.push({ at, chunk });
    this.#timer ??= setTimeout(() => this.#pass(), at - performance.now());
  }

  #pass(): void {
    this.#timer = undefined;
    for (;;) {
      const [next] = this.#waiting;
      if (!next) return;
      const waitMs = next.at - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pass(), waitMs);
        return;
      }
      this.#waiting.shift();
      if (this.#socket.destroyed || this.#socket.writableEnded) continue;
      if (next.chunk) this.#socket.write(next.chunk);
      else this.#socket.end();
    }
  }
}
