import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { pixtral } from './run-pixtral.ts';

const RED = fileURLToPath(new URL('fixtures/red.png', import.meta.url));
const ANSWER = {
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'pixtral-12b' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'red' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

const seen: IncomingHttpHeaders[] = [];
const server = createServer((request, response) => {
  seen.push(request.headers);
  request.resume().once('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(ANSWER));
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => seen.splice(0));

async function ask(environment: Record<string, string>, ...args: readonly string[]) {
  const { port } = server.address() as AddressInfo;
  const env = {
    PIXTRAL_ENDPOINT: `http://127.0.0.1:${port}`,
    PIXTRAL_API_KEY: 'a-key-0123456789',
    ...environment,
  };
  return pixtral(['ask', RED, 'What colour?', ...args], { env });
}

it('a token goes where the load balancer looks, and the key where the gateway then looks', async () => {
  for (const [environment, args] of [
    [{ PIXTRAL_TOKEN: 'a.b.c' }, []],
    [{ PIXTRAL_TOKEN: 'old' }, ['--token', 'a.b.c']],
  ] as const) {
    expect((await ask(environment, ...args)).stdout).toBe('red\n');
    expect(seen.pop()).toMatchObject({ authorization: 'Bearer a.b.c', 'x-api-key': 'a-key-0123456789' });
  }
});

it('without a token the key is in Authorization', async () => {
  expect((await ask({})).stdout).toBe('red\n');
  expect(seen[0]?.authorization).toBe('Bearer a-key-0123456789');
  expect(seen[0]).not.toHaveProperty('x-api-key');
});
