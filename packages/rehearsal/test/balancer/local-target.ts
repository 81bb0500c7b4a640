import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

export interface LocalTarget {
  readonly port: number;
  readonly server: Server;
  /** Status of the next health checks. */
  health: number;
  /** Health checks seen. */
  checks: number;
}

/** A real HTTP server as a target: `/ready` is its health check, all else goes to the listener given. */
export async function startTarget(listener: RequestListener): Promise<LocalTarget> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.url === '/ready') {
      target.checks++;
      response.writeHead(target.health).end();
    } else {
      listener(request, response);
    }
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const target: LocalTarget = { port, server, health: 200, checks: 0 };
  return target;
}

/** A target below HTTP: what it does with a connection is up to the test. */
export async function startRawTarget(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  const sockets = new Set<Socket>();
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return port;
}

const DEAF_PROGRAM =
  "require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},function(){console.log(this.address().port)})";

/** A port where connections are never accepted: its process is halted, and its queue of waiting connections is full. */
export async function startDeafTarget(): Promise<number> {
  const child = spawn(process.execPath, ['-e', DEAF_PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [printed] = await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const port = Number(String(printed));
  const waiting = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  onTestFinished(() => {
    for (const socket of waiting) socket.destroy();
  });
  // The queue (at most 2 for a backlog of 1) is full once one of them still waits while another is through.
  await Promise.race(waiting.map((socket) => once(socket, 'connect')));
  await sleep(50);
  return port;
}

function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
