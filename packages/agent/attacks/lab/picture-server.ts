import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { dataUri, drawPicture } from '../pictures/draw-png.ts';
import { PICTURE_HOSTS } from './picture-network.ts';

/** The server that the public names of the lab lead to, with a certificate for all of them. */
export interface PictureServer extends AsyncDisposable {
  readonly port: number;
  readonly ca: string;
}

const LARGE_BYTES = 12 * 1024 * 1024;

export async function startPictureServer(): Promise<PictureServer> {
  const altNames = PICTURE_HOSTS.map((value) => ({ type: 2 as const, value }));
  const pem = await generate([{ name: 'commonName', value: 'pictures.example' }], {
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  const picture = drawPicture({ width: 64, height: 64 });
  const server = createServer({ key: pem.private, cert: pem.cert }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://pictures.example');
    if (pathname === '/hangs') return;
    const to = searchParams.get('to');
    if (to !== null) response.writeHead(302, { location: to }).end();
    else if (pathname === '/large')
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(LARGE_BYTES));
    else if (pathname === '/page')
      response.writeHead(200, { 'content-type': 'text/html' }).end(dataUri(picture));
    else response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    ca: pem.cert,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
