import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawOptions {
  /** Looks no further when nothing has come for so long. @default 1_000 */
  readonly quietMs?: number;
  /** Goes on until the server closes or this has passed. @default - `quietMs` decides */
  readonly untilClosedMs?: number;
  /** Ends when all has been written, whatever has come. @default false */
  readonly untilWritten?: boolean;
}

/** What came on a connection. */
export interface RawAnswer {
  readonly text: string;
  /** Of each answer, in order. */
  readonly statuses: readonly number[];
  /** Whether the server ended the connection. */
  readonly closed: boolean;
  /** As `ask` tells an answer: the last one. */
  readonly last: {
    readonly status: number;
    readonly text: string;
    readonly ended: boolean;
    readonly ms: number;
  };
}

const LONGEST_TEXT = 200_000;

/** Writes bytes and reads what comes. */
export async function sendRaw(
  address: { readonly host: string; readonly port: number },
  bytes: string | Buffer | AsyncIterable<string | Buffer>,
  { quietMs = 1_000, untilClosedMs, untilWritten = false }: RawOptions,
): Promise<RawAnswer> {
  const beganAt = performance.now();
  const socket = connect(address);
  let [text, closed] = ['', false];
  const gone = new Promise((resolve) => socket.once('close', resolve));
  const over = Promise.withResolvers<void>();
  let timer = setTimeout(over.resolve, untilClosedMs ?? 10 * quietMs);
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    if (text.length < LONGEST_TEXT) text += chunk;
    if (untilClosedMs !== undefined) return;
    clearTimeout(timer);
    timer = setTimeout(over.resolve, quietMs);
  });
  // A reset is one way for a server to close.
  socket.on('error', () => undefined);
  socket.once('close', () => {
    closed = true;
    over.resolve();
  });
  const written = write();
  if (untilWritten) written.then(over.resolve, over.resolve);
  await over.promise;
  clearTimeout(timer);
  const wasClosed = closed;
  socket.destroy();
  await written;
  const heads = [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)];
  const statuses = heads.map(([, status]) => Number(status));
  const lastText = text.slice(heads.at(-1)?.index ?? 0);
  const last = {
    status: statuses.at(-1) ?? 0,
    text: lastText.split('\r\n\r\n')[1] ?? '',
    ended: wasClosed,
    ms: performance.now() - beganAt,
  };
  return { text, statuses, closed: wasClosed, last };

  async function write(): Promise<void> {
    if (typeof bytes === 'string' || Buffer.isBuffer(bytes)) {
      socket.write(bytes);
      return;
    }
    for await (const piece of bytes) {
      if (socket.destroyed) return;
      if (!socket.write(piece)) await Promise.race([drained(), gone]);
    }
  }

  async function drained(): Promise<void> {
    while (socket.writableNeedDrain && !socket.destroyed) await sleep(1);
  }
}
