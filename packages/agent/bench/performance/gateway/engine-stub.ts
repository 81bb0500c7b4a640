import { createServer, type ServerResponse } from 'node:http';

// Plays the model server on a Unix socket: `engine-stub.ts SOCKET TOKENS PACE_MS`. Answers at once, or streams TOKENS chunks,
// each with the time at which it was written.
const [socketPath = '', tokens = '', pace = ''] = process.argv.slice(2);
const [TOKENS, PACE_MS] = [Number(tokens), Number(pace)];
const TICK_MS = 2;

const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_767_225_600,
  model: 'pixtral-12b',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 },
});
const frame = (content: string, finishReason: string | null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_767_225_600, model: 'pixtral-12b', choices: [{ index: 0, delta: { content }, finish_reason: finishReason }] })}\n\n`;
const [beforeTime = '', afterTime = ''] = frame('TIME', null).split('TIME');

interface Stream {
  readonly response: ServerResponse;
  sent: number;
  dueAt: number;
}
const streams = new Set<Stream>();
const STREAM = Buffer.from('"stream":true');

const server = createServer((request, response) => {
  let isStream = false;
  request.on('data', (chunk: Buffer) => {
    isStream ||= chunk.length < 4_096 && chunk.includes(STREAM);
  });
  request.once('end', () => {
    if (!isStream) {
      response.setHeader('content-type', 'application/json');
      response.setHeader('content-length', ANSWER.length);
      response.end(ANSWER);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.socket?.setNoDelay(true);
    const stream = { response, sent: 0, dueAt: performance.now() + PACE_MS };
    streams.add(stream);
    response.once('close', () => streams.delete(stream));
  });
});

setInterval(() => {
  const now = performance.now();
  for (const stream of streams) {
    if (stream.dueAt > now) continue;
    stream.dueAt += PACE_MS;
    if (stream.sent++ < TOKENS) {
      // Microseconds of a clock that all processes share.
      stream.response.write(`${beforeTime}${process.hrtime.bigint() / 1_000n}${afterTime}`);
    } else {
      streams.delete(stream);
      stream.response.end(`${frame('', 'stop')}data: [DONE]\n\n`);
    }
  }
}, TICK_MS);
server.listen({ path: socketPath, backlog: 4_096 }, () => process.send?.('ready'));
process.once('disconnect', () => process.exit());
