import { createServer, type ServerResponse } from 'node:http';

// The server of the bench, a process of its own. Paths say what is wanted: `/text`, `/stream`, `/slow` (200 ms).
const PACE_MS = 5;
const SLOW_MS = 200;
const CHUNKS = 100;

const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_767_225_600,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 },
});
const frame = (content: string, finish: string | null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_767_225_600, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: finish }] })}\n\n`;
const TOKEN = frame('token ', null);
const END = `${frame('', 'stop')}data: [DONE]\n\n`;

const streams = new Map<ServerResponse, number>();
const timer = setInterval(() => {
  for (const [response, left] of streams) {
    if (left > 0) {
      response.write(TOKEN);
      streams.set(response, left - 1);
    } else {
      response.end(END);
      streams.delete(response);
    }
  }
}, PACE_MS);

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.url?.startsWith('/stream')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      streams.set(response, CHUNKS);
      return;
    }
    response.setHeader('content-type', 'application/json');
    if (request.url?.startsWith('/slow')) setTimeout(() => response.end(ANSWER), SLOW_MS);
    else response.end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
process.on('disconnect', () => {
  clearInterval(timer);
  server.closeAllConnections();
  server.close();
});
