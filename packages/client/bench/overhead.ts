import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { createClient } from '../src/index.ts';

// CPU that the client costs for a small chat completion, as a ratio to raw undici with JSON.stringify in the same run:
// the two are interleaved, the server is a process of its own.
const REQUESTS = 2_000;
const CONCURRENCY = 32;
const ROUNDS = 7;
const BODY = { model: 'm', messages: [{ role: 'user' as const, content: 'Say hello.' }], max_tokens: 8 };
const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 },
});

if (process.argv[2] === 'serve') serve();
else await measure();

function serve(): void {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.setHeader('content-type', 'application/json').end(ANSWER));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(typeof address === 'object' && address ? address.port : 0);
  });
}

async function measure(): Promise<void> {
  const server = fork(import.meta.filename, ['serve']);
  const port = await new Promise<unknown>((resolve) => server.once('message', resolve));
  const url = `http://127.0.0.1:${port}`;
  const client = createClient({ baseUrl: url, apiKey: 'k', model: 'm' });
  const pool = new Pool(url);
  const headers = { 'content-type': 'application/json', authorization: 'Bearer k' };
  const raw = async () => {
    const answer = await pool.request({
      method: 'POST',
      path: '/v1/chat/completions',
      headers,
      body: JSON.stringify(BODY),
    });
    return answer.body.json();
  };
  const ours = () => client.chat.create(BODY);
  const ratios: number[] = [];
  const times: { readonly raw: number; readonly ours: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const measured = { raw: await cpuPerRequest(raw), ours: await cpuPerRequest(ours) };
    // The first round warms the compiler up.
    if (round === 0) continue;
    times.push(measured);
    ratios.push(measured.ours / measured.raw);
  }
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  console.log(
    `small chat completion, concurrency ${CONCURRENCY}, ${ROUNDS} rounds of ${REQUESTS}, CPU per request (median)`,
  );
  console.log(`  raw undici      ${median(times.map((time) => time.raw)).toFixed(1)} µs`);
  console.log(`  this client     ${median(times.map((time) => time.ours)).toFixed(1)} µs`);
  console.log(
    `  ratio           ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  );
  await client.close();
  await pool.close();
  server.kill();
}

/** Microseconds of this process's CPU, user and system, for one request. */
async function cpuPerRequest(send: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  let left = REQUESTS;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (left-- > 0) await send();
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}
