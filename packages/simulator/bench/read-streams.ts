import { connect } from 'node:net';

/** When the tokens of one stream came: milliseconds of `performance.now()`. */
export interface StreamTimes {
  readonly sentMs: number;
  readonly tokensMs: readonly number[];
}

export interface StreamLoad {
  readonly port: number;
  readonly streams: number;
  readonly tokens: number;
}

/** A token's frame is the only one with this behind its text. */
const TOKEN = Buffer.from('"token_ids"');
const END = Buffer.from('[DONE]');

/** Opens all streams at once and reads them to their ends; raw sockets, so that reading costs little. */
export function readStreams(load: StreamLoad): Promise<readonly StreamTimes[]> {
  return Promise.all(Array.from({ length: load.streams }, () => readStream(load)));
}

function readStream({ port, tokens }: StreamLoad): Promise<StreamTimes> {
  const body = JSON.stringify({
    messages: [{ role: 'user', content: 'Count from 1 to 40.' }],
    stream: true,
    max_tokens: tokens,
    ignore_eos: true,
  });
  const request = `POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const sentMs = performance.now();
    const tokensMs: number[] = [];
    socket.setNoDelay(true);
    socket.write(request);
    socket.on('data', (bytes: Buffer) => {
      const now = performance.now();
      // A frame that is cut by a packet in the middle of the word is missed; told below.
      for (let at = bytes.indexOf(TOKEN); at >= 0; at = bytes.indexOf(TOKEN, at + 1)) tokensMs.push(now);
      if (!bytes.includes(END)) return;
      socket.destroy();
      if (tokensMs.length === tokens) resolve({ sentMs, tokensMs });
      else reject(new Error(`a stream had ${tokensMs.length} tokens, expected ${tokens}`));
    });
    socket.once('error', reject);
    socket.once('end', () => reject(new Error('a stream ended without [DONE]')));
  });
}
