import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEY } from './flooded-gateway.ts';

export interface Flood {
  readonly name: string;
  /** @returns statuses of all answers, 0 for a connection that was closed without one */
  run(port: number): Promise<readonly number[]>;
}

const CHAT =
  `POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\n` as const;
const PIECE = Buffer.alloc(64 * 1024, 'x');

/** @param scale 1 for the full size */
export function listFloods(scale: number): readonly Flood[] {
  const many = Math.ceil(10_000 * scale);
  const bodies = Math.ceil(1_000 * scale);
  const gigabyte = 1_000_000_000;
  return [
    {
      name: `${many.toLocaleString('en')} connections that say nothing`,
      run: (port) => all(many, port, () => undefined),
    },
    {
      name: `${many.toLocaleString('en')} that send a header byte a second`,
      run: (port) =>
        all(many, port, (socket) => {
          socket.write('GET /v1/models HTTP/1.1\r\nhost: a\r\nx: ');
          return drip(socket, 'x');
        }),
    },
    {
      name: `${bodies.toLocaleString('en')} that each send half of 16 MB and stop`,
      run: (port) =>
        all(bodies, port, (socket) => {
          socket.write(`${CHAT}content-length: 16000000\r\n\r\n`);
          return pour(socket, 8_000_000);
        }),
    },
    {
      name: 'a body of 1 GB that says so',
      run: (port) =>
        all(1, port, (socket) => {
          socket.write(`${CHAT}content-length: ${gigabyte}\r\n\r\n`);
          return pour(socket, gigabyte);
        }),
    },
    {
      name: 'a body of 1 GB in chunks',
      run: (port) =>
        all(1, port, (socket) => {
          socket.write(`${CHAT}transfer-encoding: chunked\r\n\r\n${gigabyte.toString(16)}\r\n`);
          return pour(socket, gigabyte);
        }),
    },
    {
      name: '100 that each send 100,000 headers',
      run: (port) =>
        all(100, port, (socket) => {
          socket.write('GET /v1/models HTTP/1.1\r\nhost: a\r\n');
          socket.write(Array.from({ length: 100_000 }, (_, index) => `x-${index}: y\r\n`).join(''));
        }),
    },
  ];
}

/** Opens so many connections and waits until the server has closed every one of them. */
async function all(
  count: number,
  port: number,
  use: (socket: Socket) => unknown,
): Promise<readonly number[]> {
  const open: Promise<number>[] = [];
  for (let index = 0; index < count; index++) {
    open.push(one(port, use));
    // As fast as a backlog of 511 takes them.
    if (index % 200 === 199) await sleep(20);
  }
  return Promise.all(open);
}

function one(port: number, use: (socket: Socket) => unknown): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => void use(socket));
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    // A reset, where the server did not wait for all that was sent.
    socket.on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.once('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)));
  });
}

function drip(socket: Socket, byte: string): void {
  const timer = setInterval(() => socket.write(byte), 1_000);
  socket.once('close', () => clearInterval(timer));
}

async function pour(socket: Socket, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes && socket.writable; sent += PIECE.length) {
    if (socket.write(PIECE.subarray(0, bytes - sent))) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        socket.off('drain', go).off('close', go);
        resolve();
      };
      socket.on('drain', go).on('close', go);
    });
  }
}
