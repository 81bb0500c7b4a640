import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SimulatorUsageError } from '../behaviour.ts';
import type { LiveBehaviour } from '../live-behaviour.ts';

/** Where to listen: never the port of the model server, since a real vLLM has no such path. */
export type ControlAddress = { readonly port: number } | { readonly socketPath: string };

export interface ControlServer {
  /** The port, or 0 for a socket. */
  readonly port: number;
  close(): Promise<void>;
}

/** More than all options together. */
const MOST_BYTES = 64 * 1024;

/** `GET /behaviour` and `PATCH /behaviour`, on the loopback interface or a Unix socket. */
export async function startControlServer(
  behaviour: LiveBehaviour,
  address: ControlAddress,
): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answer(behaviour, request, response).catch((error: unknown) => {
      const usage = error instanceof SimulatorUsageError;
      send(response, usage ? 400 : 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  if ('socketPath' in address) await rm(address.socketPath, { force: true });
  const port = await listen(server, address);
  return {
    port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      if ('socketPath' in address) await rm(address.socketPath, { force: true });
    },
  };
}

function listen(server: Server, address: ControlAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listening = () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound ? bound.port : 0);
    };
    if ('socketPath' in address) server.listen(address.socketPath, listening);
    else server.listen(address.port, '127.0.0.1', listening);
  });
}

async function answer(
  behaviour: LiveBehaviour,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url !== '/behaviour') {
    return send(response, 404, { error: `unknown path ${request.url}; expected /behaviour` });
  }
  if (request.method === 'GET') return send(response, 200, behaviour.values);
  if (request.method !== 'PATCH') {
    response.setHeader('allow', 'GET, PATCH');
    return send(response, 405, { error: `unknown method ${request.method}; expected GET or PATCH` });
  }
  send(response, 200, behaviour.change(parseJson(await readText(request)), 'PATCH /behaviour'));
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > MOST_BYTES) {
      throw new SimulatorUsageError(`PATCH /behaviour: expected at most ${MOST_BYTES} bytes, got more`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SimulatorUsageError(
      `PATCH /behaviour: expected a JSON object such as {"hang": true}, got ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
