import http from 'node:http';

/** Stands between gateway and engine: counts what the engine gets to see, and knows its key. */
export interface EngineRelay extends AsyncDisposable {
  /** Bodies of the requests that have come through, cut off where they are long. */
  readonly seen: readonly string[];
}

const LONGEST_BODY = 1024 * 1024;

export async function startEngineRelay(options: {
  /** Where the gateway looks for its engine. */
  readonly socketPath: string;
  /** Of the engine, which may be another one after it has been started again. */
  readonly port: () => number;
  readonly key: string;
}): Promise<EngineRelay> {
  const { socketPath, port, key } = options;
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    const index = seen.push('') - 1;
    request.on('data', (chunk: Buffer) => {
      const before = seen[index] ?? '';
      if (before.length < LONGEST_BODY) seen[index] = before + chunk.toString('latin1');
    });
    const { method, url, headers } = request;
    const onward = http.request({
      ...{ host: '127.0.0.1', port: port(), agent: false },
      ...{ method, path: url, headers: { ...headers, authorization: `Bearer ${key}` } },
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
