import { connect, type Socket } from 'node:net';
import { KEYS } from '../gateway-fixture.ts';

/** A connection on which bytes are sent as they are. */
export interface RawClient extends Disposable {
  readonly socket: Socket;
  /** All that has come so far. */
  text(): string;
  send(bytes: string | Buffer): void;
  /** Resolves when the text holds this, or when the connection has ended. */
  until(part: string): Promise<string>;
  /** Resolves with all that came when the server has closed the connection. */
  readonly closed: Promise<string>;
}

export async function openRaw(url: string): Promise<RawClient> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let text = '';
  const changed = new Set<() => void>();
  const tell = () => {
    for (const look of changed) look();
  };
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    tell();
  });
  // A reset is one way for a server to close.
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => {
      tell();
      resolve(text);
    });
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    socket,
    text: () => text,
    send: (bytes) => socket.write(bytes),
    closed,
    until: (part) =>
      new Promise((resolve) => {
        const look = () => {
          if (!(text.includes(part) || socket.destroyed)) return;
          changed.delete(look);
          resolve(text);
        };
        changed.add(look);
        look();
      }),
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** Head of a chat completion, without the empty line at its end. */
export function chatHead(...headers: readonly string[]): string {
  return [
    'POST /v1/chat/completions HTTP/1.1',
    'host: gateway',
    `authorization: Bearer ${KEYS[0]}`,
    'content-type: application/json',
    ...headers,
    '',
  ].join('\r\n');
}

/** Status and error of the last answer in a text. */
export function lastAnswer(text: string): {
  readonly status: number;
  readonly head: string;
  readonly body: unknown;
} {
  const at = text.lastIndexOf('HTTP/1.1 ');
  const answer = text.slice(at);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return {
    status: Number(head.slice(9, 12)),
    head: head.toLowerCase(),
    body: body === '' ? undefined : JSON.parse(body),
  };
}
