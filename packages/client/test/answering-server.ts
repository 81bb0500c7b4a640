import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type ClientOptions, createClient, type PixtralClient } from '../src/index.ts';

/** What a server got. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answering {
  readonly client: PixtralClient;
  readonly baseUrl: string;
  readonly received: Received[];
  /** The last request's body as JSON. */
  sent(): Record<string, unknown>;
}

/** A local server that answers everything alike, and a client of it; both end with the test. */
export async function answerWith(
  answer: object | string,
  options: Partial<ClientOptions> = {},
): Promise<Answering> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      if (typeof answer === 'string')
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer);
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  const baseUrl = `http://127.0.0.1:${address.port}`;
  const client = createClient({ baseUrl, model: 'pixtral-12b', retries: 0, ...options });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const sent = () => JSON.parse(received.at(-1)?.body ?? 'null') as Record<string, unknown>;
  return { client, baseUrl, received, sent };
}

/** A whole answer of one choice, as vLLM 0.32.0 writes it. */
export function completion(content: string, choice: object = {}, usage: object = {}): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'pixtral-12b',
    choices: [
      { index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop', ...choice },
    ],
    usage: { prompt_tokens: 6, total_tokens: 9, completion_tokens: 3, prompt_tokens_details: null, ...usage },
    prompt_token_ids: null,
  };
}
