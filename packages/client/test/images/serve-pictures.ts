import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

/** A web server with pictures by path; `/moved/x` redirects to `/x`, what hangs never answers. Ends with the test. */
export async function servePictures(
  pictures: Readonly<Record<string, Uint8Array | 'hangs'>>,
): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname.startsWith('/moved')) {
      response.writeHead(302, { location: pathname.slice('/moved'.length) }).end();
      return;
    }
    const picture = pictures[pathname];
    if (picture === 'hangs') return;
    if (picture) response.writeHead(200, { 'content-type': 'text/plain' }).end(picture);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return `http://127.0.0.1:${address.port}`;
}
