import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { share } from '../measures.ts';
import type { Address } from './load-process.ts';

export interface StreamDelays {
  /** From the engine's write to when the client has read it, in ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  readonly chunks: number;
  readonly whole: number;
  /** Ended without `[DONE]`, or with fewer chunks. */
  readonly cut: number;
  /** What was answered instead of a stream, the first of all. */
  readonly refusal: string | undefined;
}

const TIME = Buffer.from('"content":"');
const END = Buffer.from('[DONE]');
const AT_ONCE = 100;

/** Opens all streams, some at a time, and reads them to their ends; raw sockets, so that reading costs little. */
export async function openStreams(load: {
  readonly address: Address;
  readonly headers: Readonly<Record<string, string>>;
  readonly streams: number;
  readonly tokens: number;
}): Promise<StreamDelays> {
  const delays: number[] = [];
  const refusals: string[] = [];
  const streams: Promise<boolean>[] = [];
  for (let index = 0; index < load.streams; index++) {
    streams.push(readStream(load, delays, refusals));
    if (index % AT_ONCE === AT_ONCE - 1) await sleep(50);
  }
  const whole = (await Promise.all(streams)).filter(Boolean).length;
  return {
    p50Ms: share(delays, 0.5),
    p99Ms: share(delays, 0.99),
    worstMs: share(delays, 1),
    chunks: delays.length,
    whole,
    cut: load.streams - whole,
    refusal: refusals[0],
  };
}

function readStream(
  load: {
    readonly address: Address;
    readonly headers: Readonly<Record<string, string>>;
    readonly tokens: number;
  },
  delays: number[],
  refusals: string[],
): Promise<boolean> {
  const body = JSON.stringify({
    messages: [{ role: 'user', content: 'Count.' }],
    stream: true,
    max_tokens: load.tokens,
  });
  const headers = {
    ...load.headers,
    host: 'bench',
    'content-type': 'application/json',
    'content-length': body.length,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve) => {
    const socket =
      'port' in load.address ? connect(load.address.port, '127.0.0.1') : connect(load.address.socketPath);
    let tokens = 0;
    let hasBegun = false;
    let isWhole = false;
    socket.setNoDelay(true);
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
    socket.on('data', (bytes: Buffer) => {
      if (!hasBegun && bytes.toString('latin1', 0, 12) !== 'HTTP/1.1 200') {
        refusals.push(bytes.toString('latin1', 0, 1_000));
        socket.destroy();
      }
      hasBegun = true;
      const now = Number(process.hrtime.bigint() / 1_000n);
      for (let at = bytes.indexOf(TIME); at >= 0; at = bytes.indexOf(TIME, at + TIME.length)) {
        const start = at + TIME.length;
        const sentAt = Number(bytes.toString('latin1', start, bytes.indexOf('"', start)));
        // The last chunk has no text.
        if (sentAt === 0) continue;
        tokens++;
        delays.push((now - sentAt) / 1_000);
      }
      if (!bytes.includes(END)) return;
      isWhole = tokens === load.tokens;
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(isWhole));
  });
}
