import { Agent, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keep-alive connections to targets as ALB holds them: open until the load balancer's idle timeout, whatever the
 * target's `Keep-Alive` header says. A target with a shorter timeout closes them first, and now and then a request meets
 * the closing connection and gets a 502: the fleet must show in the rehearsal that it avoids that.
 */
export class TargetAgent extends Agent {
  idleTimeoutMs = 60_000;
  readonly #watched = new WeakSet<Socket>();

  constructor() {
    super({ keepAlive: true, maxFreeSockets: 1024 });
  }

  override keepSocketAlive(socket: Socket): boolean {
    socket.setKeepAlive(true);
    socket.unref();
    if (!this.#watched.has(socket)) {
      this.#watched.add(socket);
      socket.on('timeout', () => {
        if (Object.values(this.freeSockets).some((free) => free?.includes(socket))) socket.destroy();
      });
    }
    socket.setTimeout(this.idleTimeoutMs);
    return true;
  }

  override reuseSocket(socket: Socket, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    socket.setTimeout(0);
  }
}
