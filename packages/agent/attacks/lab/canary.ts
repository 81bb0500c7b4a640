import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { drawPicture } from '../pictures/draw-png.ts';

/**
 * Two servers of this machine: a place that pictures may come from, and one that nobody but the attacker wants to be reached. It
 * stands for the metadata service and everything else inside a network.
 */
export interface Canary extends AsyncDisposable {
  /** `127.0.0.1:PORT` of the place that must not be reached. */
  readonly forbidden: string;
  /** Port of the place that pictures may come from. */
  readonly allowedPort: number;
  /** Connections to the forbidden place, whatever was said on them. */
  readonly touched: number;
  /** Paths that the allowed place was asked for, in order. */
  readonly asked: readonly string[];
}

const PICTURE = drawPicture({ width: 64, height: 64, colour: [220, 20, 20] });

export async function startCanary(): Promise<Canary> {
  let touched = 0;
  const asked: string[] = [];
  const forbiddenHttp = createServer((_request, response) => sendPicture(response));
  // Counted before a byte has been read: what speaks TLS to it has reached it too.
  const forbidden = createTcpServer((socket) => {
    touched++;
    forbiddenHttp.emit('connection', socket);
  });
  await listen(forbidden);
  const allowed = createServer((request, response) => {
    const path = request.url ?? '';
    const before = asked.filter((each) => each === path).length;
    asked.push(path);
    answer(request, response, before);
  });
  await listen(allowed);
  const where = `127.0.0.1:${portOf(forbidden)}`;

  function answer(request: IncomingMessage, response: ServerResponse, before: number): void {
    const path = request.url ?? '';
    if (path.startsWith('/hangs') || (path.startsWith('/second-hangs') && before > 0)) return;
    const leads = path.startsWith('/redirects') || (path.startsWith('/second-redirects') && before > 0);
    if (leads) response.writeHead(302, { location: `http://${where}/latest/meta-data/` }).end();
    else sendPicture(response);
  }

  return {
    forbidden: where,
    allowedPort: portOf(allowed),
    get touched() {
      return touched;
    },
    asked,
    async [Symbol.asyncDispose]() {
      forbiddenHttp.closeAllConnections();
      allowed.closeAllConnections();
      await Promise.all([close(forbidden), close(allowed)]);
    },
  };
}

function sendPicture(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'image/png', connection: 'close' }).end(PICTURE);
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
