import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** So much is quickly read and thrown away, and the connection goes on. */
const SMALL_BYTES = 256 * 1024;

/** Whether refusing a request leaves more of its body unread than is worth reading for the connection's sake. */
export function leavesMuchUnread(request: IncomingMessage): boolean {
  if (request.complete) return false;
  const { 'content-length': declared, 'transfer-encoding': encoding, expect } = request.headers;
  // Who waits to be asked for a body may send it or not, and nobody can tell what comes next on the connection.
  return encoding !== undefined || expect !== undefined || Number(declared ?? 0) > SMALL_BYTES;
}

/**
 * Answers a request whose body is not going to be read, then closes the connection. The rest of the body is thrown away
 * for a moment first: a connection that is closed with bytes unread is reset, and the client may lose the answer.
 */
export function refuseUnread(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: { readonly status: number; readonly body: object; readonly lingerMs: number },
): void {
  const text = JSON.stringify(answer.body);
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  reply.hijack();
  raw.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  raw.write(text);
  void discard(request.raw, answer.lingerMs).then(() => raw.end());
}

async function discard(request: IncomingMessage, lingerMs: number): Promise<void> {
  const over = new AbortController();
  const stop = () => over.abort();
  request.on('error', stop).once('end', stop).once('close', stop).resume();
  await sleep(lingerMs, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
}
