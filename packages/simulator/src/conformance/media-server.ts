import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { readRecordedFile } from './recording.ts';

/** A request that the picture server got. */
export interface MediaHit {
  readonly path: string;
  readonly userAgent: string;
}

/** The loopback server that `$media` macros point at, as it was when the answers were recorded. */
export interface MediaServer extends AsyncDisposable {
  readonly port: number;
  /** In the order of coming. */
  readonly hits: readonly MediaHit[];
}

export async function startMediaServer(): Promise<MediaServer> {
  const hits: MediaHit[] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    const again = hits.some((hit) => hit.path === path);
    hits.push({ path, userAgent: request.headers['user-agent'] ?? '' });
    answer(response, path, again, portOf(server));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    hits,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `again`: vLLM loads a picture twice, and some paths answer the second time otherwise. */
function answer(response: http.ServerResponse, path: string, again: boolean, port: number): void {
  const picture = (name: string) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(readRecordedFile(`images/${name}`));
  const redirect = (location: string) => response.writeHead(302, { location }).end();
  const fail = (status: number) =>
    response.writeHead(status, { 'content-type': 'text/plain' }).end('nothing here');
  const red = 'red-64.png';
  switch (path) {
    case '/ok.png':
      return void picture(red);
    case '/other.png':
      return void picture('blue-64.png');
    case '/redirect.png':
      return void redirect('/ok.png');
    case '/page.html':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>not a picture</html>');
    case '/hang.png':
      return;
    case '/second-hangs.png':
      return void (again || picture(red));
    case '/second-redirects-away.png':
      return void (again ? redirect(`http://127.0.0.1:${port}/other.png`) : picture(red));
    case '/second-larger.png':
      return void picture(again ? '512x512.png' : red);
    case '/second-missing.png':
      return void (again ? fail(404) : picture(red));
    default:
      return void fail(Number(/^\/status-(\d{3})/.exec(path)?.[1] ?? 404));
  }
}

function portOf(server: http.Server): number {
  return (server.address() as AddressInfo).port;
}
