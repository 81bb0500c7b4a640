import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GatewayLike, StartGateway } from '../../attacks/lab/lab.ts';

/** Stands in the gateway's place and lets everything through, as a plain proxy does. */
export const startNoRules: StartGateway = async ({ socketPath }) => {
  const server = http.createServer((request, response) => {
    const { method, url, headers } = request;
    const onward = http.request({ socketPath, method, path: url, headers, agent: false });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: GatewayLike = {
    port: (server.address() as AddressInfo).port,
    alive: true,
    memory: async () => process.memoryUsage.rss(),
    failInFlight: async () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
};
