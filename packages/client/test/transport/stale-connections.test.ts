import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../src/index.ts';

const ANSWER = JSON.stringify({ data: [{ id: 'm' }] });

it('a connection that was closed while it was idle is never noticed', async () => {
  const perConnection: number[] = [];
  const sockets: Socket[] = [];
  // Each connection takes one request; what comes after meets a socket that was closed, as if just before.
  const server = createServer((socket) => {
    const connection = perConnection.push(0) - 1;
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      perConnection[connection]!++;
      if (perConnection[connection] === 1)
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${ANSWER.length}\r\n\r\n${ANSWER}`);
      else socket.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}`, model: 'm', retries: 0 });
  onTestFinished(async () => {
    await client.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  for (let call = 0; call < 6; call++) {
    expect(await client.models.list()).toMatchObject([{ id: 'm' }]);
  }
  expect(perConnection.filter((requests) => requests === 2).length).toBeGreaterThan(0);
});
