import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeSection } from '@pixtral-fleet/smoke-tests/write-section';
import { LeavingClient } from './leaving-client.ts';
import { startSimulatedEngine, watchVllm } from './measured-engine.ts';
import { KEY, startMeasuredGateway } from './measured-gateway.ts';

// How soon a request ends whose client has gone: `npm run cancel -w packages/agent [-- --socket PATH] [--write]`.
// With --socket: at the vLLM that listens there. --write puts the table into docs/admission.md.
const DOCUMENT = fileURLToPath(new URL('../../../../docs/admission.md', import.meta.url));
const { values: flags } = parseArgs({
  options: {
    socket: { type: 'string' },
    times: { type: 'string', default: '50' },
    write: { type: 'boolean', default: false },
  },
});
const times = Number(flags.times);
const MOST_MS = 100;

const folder = await mkdtemp(join(tmpdir(), 'cancel-'));
const socketPath = flags.socket ?? join(folder, 'e.sock');
await using engine = flags.socket ? watchVllm(socketPath) : await startSimulatedEngine(socketPath);
const { gateway, port, log } = await startMeasuredGateway(socketPath, 1);

const ENDLESS = {
  messages: [{ role: 'user', content: 'Count from 1 to 4000' }],
  ...{ max_tokens: 10_000, ignore_eos: true },
};
const SHORT = { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 };

const untilRunning = (count: number) => until(async () => (await engine.running()) === count);
const atEngine = async (body: object) => {
  const client = await LeavingClient.connect(port);
  client.ask(body, { key: KEY });
  await untilRunning(1);
  return client;
};

/** What a client does until it leaves, and when that has come to its end; both for each time. */
const CASES: readonly {
  readonly name: string;
  run(): Promise<{ leave(): void; over(): Promise<void>; after?(): Promise<void> }>;
}[] = [
  {
    name: 'a stream: ended at the engine',
    run: async () => {
      const client = await atEngine({ ...ENDLESS, stream: true });
      await client.until('data: ');
      return { leave: () => client.leave(), over: () => untilRunning(0) };
    },
  },
  {
    name: 'a whole answer: ended at the engine',
    run: async () => {
      const client = await atEngine(ENDLESS);
      return { leave: () => client.leave(), over: () => untilRunning(0) };
    },
  },
  {
    name: 'the second request of a connection: ended at the engine',
    run: async () => {
      const client = await LeavingClient.connect(port);
      client.ask(SHORT, { key: KEY });
      await client.until('"choices"');
      await untilRunning(0);
      client.ask({ ...ENDLESS, stream: true }, { key: KEY });
      await client.until('data: ');
      return { leave: () => client.leave(), over: () => untilRunning(0) };
    },
  },
  {
    name: 'queued: out of the queue, never at the engine',
    run: async () => {
      const first = await atEngine(ENDLESS);
      const client = await LeavingClient.connect(port);
      client.ask(ENDLESS, { key: KEY });
      await until(async () => gateway.inFlight === 2);
      return {
        leave: () => client.leave(),
        over: () => until(async () => gateway.inFlight === 1),
        after: async () => {
          first.leave();
          await untilRunning(0);
        },
      };
    },
  },
  {
    name: 'while its body comes: given up, never at the engine',
    run: async () => {
      const client = await LeavingClient.connect(port);
      const lines = log.length;
      client.ask(
        { ...ENDLESS, messages: [{ role: 'user', content: 'x'.repeat(100_000) }] },
        { key: KEY, kept: 10 },
      );
      await turn();
      return { leave: () => client.leave(), over: () => until(async () => log.length > lines) };
    },
  },
];

const rows: string[] = [];
let worst = 0;
for (const { name, run } of CASES) {
  const ms: number[] = [];
  for (let time = 0; time < times; time++) {
    const { leave, over, after } = await run();
    const leftAt = performance.now();
    leave();
    await over();
    ms.push(performance.now() - leftAt);
    await after?.();
    await gateway.whenIdle();
  }
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  worst = Math.max(worst, at(0.95));
  rows.push(
    `| ${engine.name} | ${name} | ${[0.5, 0.95, 1].map((part) => `${at(part).toFixed(1)} ms`).join(' | ')} |`,
  );
}
const table = [
  '| engine | what the client left, and what came of it | p50 | p95 | most |',
  '|---|---|---|---|---|',
  ...rows,
].join('\n');
console.log(table);
if (flags.write) await writeSection({ document: DOCUMENT, name: `cancel ${engine.name}` }, table);
await gateway.close();
await rm(folder, { recursive: true, force: true });
if (worst > MOST_MS) {
  console.error(`error: 95 of 100 requests must end within ${MOST_MS} ms, and took ${worst.toFixed(0)} ms`);
  process.exitCode = 1;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await turn();
}
