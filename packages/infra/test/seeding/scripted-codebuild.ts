import { createServer, type IncomingMessage } from 'node:http';

/** CodeBuild and CloudWatch Logs behind their JSON protocol, with one build. */
export interface ScriptedCodeBuild extends AsyncDisposable {
  readonly url: string;
  /** Calls in order, by action, with what they sent. */
  readonly calls: { readonly action: string; readonly body: Record<string, unknown> }[];
  /** What BatchGetBuilds tells. */
  build: object | undefined;
  /** Lines of the build's log; undefined when it has none. */
  log: readonly string[] | undefined;
}

export async function startScriptedCodeBuild(): Promise<ScriptedCodeBuild> {
  const calls: ScriptedCodeBuild['calls'] = [];
  const state: Pick<ScriptedCodeBuild, 'build' | 'log'> = { build: undefined, log: undefined };
  const server = createServer(async (request, response) => {
    const body = await readJson(request);
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    calls.push({ action, body });
    const [status, answer] = answerTo(action, state);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    calls,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function answerTo(
  action: string,
  { build, log }: Pick<ScriptedCodeBuild, 'build' | 'log'>,
): readonly [number, object] {
  if (action === 'StartBuild') return [200, { build: { id: 'files:1' } }];
  if (action === 'BatchGetBuilds')
    return [200, build ? { builds: [build] } : { buildsNotFound: ['files:1'] }];
  if (action !== 'GetLogEvents' || !log)
    return [400, { __type: 'ResourceNotFoundException', message: 'none' }];
  return [200, { events: log.map((message, index) => ({ timestamp: index, message: `${message}\n` })) }];
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
