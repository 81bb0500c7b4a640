import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Link } from './link.ts';

export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/** What becomes of new connections. */
export type Acceptance = 'pass' | 'refuse' | 'black-hole';

/** Extra time that bytes take in each direction, in milliseconds. */
export interface Latency {
  readonly least: number;
  readonly most: number;
}

/** A TCP proxy on 127.0.0.1 that breaks connections in the ways in which networks do. */
export class FaultProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #target: ProxyTarget;
  #latency: Latency | undefined;
  acceptance: Acceptance = 'pass';

  private constructor(target: ProxyTarget) {
    this.#target = target;
    // A side that has said its last word may still be told something.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  static async start(target: ProxyTarget): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get openConnections(): number {
    return this.#links.size;
  }

  setLatency(latency: Latency | undefined): void {
    this.#latency = latency;
    for (const link of this.#links) link.latency = latency;
  }

  /** RST for both sides of every open connection. */
  resetAll(): void {
    for (const link of this.#links) link.reset();
  }

  /** FIN for both sides of every open connection, whatever was under way. */
  finishAll(): void {
    for (const link of this.#links) link.finish();
  }

  /** Open connections stay open, and nothing passes any more. */
  blackHoleAll(): void {
    for (const link of this.#links) link.blackHole();
  }

  /** The side that was connected to sees the end of every open connection; the side that connected does not. */
  halfOpenAll(): void {
    for (const link of this.#links) link.halfOpen();
  }

  /** What no network does: answers in chunks (HTTP/1.1) are ended as if they were whole, then FIN. */
  endCleanlyAll(): void {
    for (const link of this.#links) link.endCleanly();
  }

  /** New connections pass at once again; those that are lost are reset, so that nobody uses them again. */
  heal(): void {
    this.acceptance = 'pass';
    this.setLatency(undefined);
    for (const link of this.#links) if (link.isLost) link.reset();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.resetAll();
    await closed;
  }

  #accept(downstream: Socket): void {
    downstream.on('error', () => undefined);
    if (this.acceptance === 'refuse') {
      downstream.resetAndDestroy();
      return;
    }
    const upstream = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const link = new Link(downstream, upstream, () => this.#links.delete(link));
    this.#links.add(link);
    link.latency = this.#latency;
    if (this.acceptance === 'black-hole') link.blackHole();
  }
}
