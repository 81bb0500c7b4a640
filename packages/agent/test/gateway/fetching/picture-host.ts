import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import type { PictureNetwork } from '../../../src/gateway/fetching/network.ts';

/** A public address that nobody dials: connections go to the local server instead. */
const PUBLIC = '93.184.216.34';

/** A real HTTPS server with a certificate for `*.example`, and a network whose names a test decides about. */
export class PictureHost implements AsyncDisposable {
  answer: (request: IncomingMessage, response: ServerResponse) => unknown = (_request, response) =>
    response.end();
  readonly requests: { readonly host: string | undefined; readonly url: string | undefined }[] = [];
  /** Addresses by name; a function is asked every time. */
  readonly names: Map<string, readonly string[] | (() => readonly string[])> = new Map();
  readonly resolved: string[] = [];
  readonly dialled: string[] = [];
  readonly #server: Server;
  readonly #ca: string;

  private constructor(server: Server, ca: string) {
    this.#server = server;
    this.#ca = ca;
  }

  static async start(): Promise<PictureHost> {
    const names = ['pictures.example', 'cdn.example'].map((value) => ({ type: 2 as const, value }));
    const pem = await generate([{ name: 'commonName', value: 'pictures.example' }], {
      extensions: [{ name: 'subjectAltName', altNames: names }],
    });
    const server = createServer({ key: pem.private, cert: pem.cert });
    const host = new PictureHost(server, pem.cert);
    server.on('request', (request, response) => {
      host.requests.push({ host: request.headers.host, url: request.url });
      host.answer(request, response);
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host.names.set('pictures.example', [PUBLIC]);
    host.names.set('cdn.example', [PUBLIC]);
    return host;
  }

  get network(): PictureNetwork {
    const { port } = this.#server.address() as AddressInfo;
    return {
      resolve: async (name) => {
        this.resolved.push(name);
        const addresses = this.names.get(name);
        if (!addresses) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
        return typeof addresses === 'function' ? addresses() : addresses;
      },
      dial: (address) => {
        this.dialled.push(address);
        return { host: '127.0.0.1', port };
      },
      ca: this.#ca,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
