import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Nobody but who is on the machine itself; not to be chosen, since there is neither a key nor TLS. */
const LOOPBACK = '127.0.0.1';

export interface MetricsServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
}

/**
 * `/metrics` on a port of its own that only this machine reaches: the load balancer's port has no such path.
 * @param read what is to be answered; when it rejects, the answer is 500
 * @throws Error when the port is taken
 */
export async function serveMetrics(
  port: number,
  read: () => Promise<{ readonly contentType: string; readonly text: string }>,
): Promise<MetricsServer> {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000 }, (request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (path !== '/metrics') return void response.writeHead(404).end();
    if (request.method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
    read().then(
      ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.maxConnections = 16;
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${bound}/metrics`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
