import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody, type Refusal } from '../refusal.ts';

/** Writes a refusal where there is no response to write it with, and closes the connection. */
export function sendRawAnswer(
  socket: Duplex,
  refusal: Refusal,
  { instanceId, lingerMs }: { readonly instanceId: string; readonly lingerMs: number },
): void {
  const body = JSON.stringify(errorBody(refusal));
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-pixtral-instance: ${instanceId}`,
    'connection: close',
  ];
  socket.on('error', () => undefined);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // At once would throw the answer away: a connection with unread bytes is reset, not closed.
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('end', () => socket.destroy()).once('close', () => clearTimeout(timer));
}
