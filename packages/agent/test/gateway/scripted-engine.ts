import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the engine of a test answers; replaced by each test. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => unknown;

export interface ScriptedEngine extends AsyncDisposable {
  answer: Answer;
  readonly requests: {
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[];
}

/** An engine on a Unix socket that does what a test tells it. */
export async function startScriptedEngine(socketPath: string): Promise<ScriptedEngine> {
  const engine: ScriptedEngine = {
    answer: (_request, response) => response.end('{}'),
    requests: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    engine.requests.push({ path: request.url ?? '', headers: request.headers, body });
    engine.answer(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return engine;
}
