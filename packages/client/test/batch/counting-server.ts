import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the server answers to a question: text, or anything else through the response. */
export type Reply = (
  question: string,
  response: ServerResponse,
  times: number,
) => string | undefined | Promise<string | undefined>;

export interface CountingServer extends AsyncDisposable {
  readonly url: string;
  /** How often each question was asked. */
  readonly asked: Map<string, number>;
  /** Most requests at one time. */
  readonly mostInFlight: () => number;
}

/** A model server on a free port that counts what it is asked; the question is the last text of the request. */
export async function startCountingServer(
  reply: Reply = (question) => `re: ${question}`,
): Promise<CountingServer> {
  const asked = new Map<string, number>();
  let inFlight = 0;
  let most = 0;
  const server = createServer(async (request, response) => {
    most = Math.max(most, ++inFlight);
    response.once('close', () => inFlight--);
    const question = await readQuestion(request);
    const times = (asked.get(question) ?? 0) + 1;
    asked.set(question, times);
    const text = await reply(question, response, times);
    if (text !== undefined) answer(response, text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    asked,
    mostInFlight: () => most,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function refuse(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): undefined {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(
    JSON.stringify({ error: { message: `told to answer ${status}`, type: 'Told', code: status } }),
  );
}

function answer(response: ServerResponse, content: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'list',
      data: [],
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
    }),
  );
}

async function readQuestion(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.method === 'GET') return request.url ?? '';
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return body.messages.at(-1).content.at(-1).text;
}
