import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeSection } from '../../smoke-tests/src/write-section.ts';
import { buildPackage } from '../publish/build.ts';
import { CLIENTS } from './clients.ts';
import { measurePackage } from './package-figures.ts';
import { type Goal, report } from './report.ts';
import { type Cell, type Measured, WORKS, type WorkName } from './works.ts';

// This client beside others, on the same machine and interleaved: each client at each work in each round is a process of
// its own, the server another. Ratios are of the same round.
//   --quick   two rounds of a tenth of the work
//   --write   puts the result into docs/performance.md
const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});
const MEASURED_FOR_MEMORY: ReadonlySet<string> = new Set(['this client', 'raw undici dispatch', 'openai']);
const ROUNDS = options.quick ? 2 : 5;
const share = options.quick ? 0.1 : 1;
const requests: Readonly<Record<WorkName, number>> = {
  text: 4_000 * share,
  image: Math.max(64, 320 * share),
  stream: options.quick ? 32 : 96,
  memory: 1_000 * share,
};
const folder = await mkdtemp(join(tmpdir(), 'pixtral-bench-'));
const picture = join(folder, 'picture.png');
const bytes = Buffer.alloc(1024 ** 2, 7);
Buffer.from('89504e470d0a1a0a0000000d494844520000040000000400', 'hex').copy(bytes);
await writeFile(picture, bytes);
// The client is measured as it is published.
await buildPackage();
const server = fork(join(import.meta.dirname, 'stub-server.ts'));
const results = new Map<string, Measured[]>();
try {
  const [port] = (await once(server, 'message')) as [number];
  for (let round = 0; round < ROUNDS; round++) {
    for (const work of Object.keys(WORKS) as WorkName[]) {
      for (const client of Object.keys(CLIENTS)) {
        // The others hold each picture several times over, and take minutes for it.
        if (work === 'memory' && !MEASURED_FOR_MEMORY.has(client)) continue;
        const measured = await measure({
          client,
          work,
          base: `http://127.0.0.1:${port}`,
          picture,
          requests: requests[work],
          warmUp: { text: 1_000, image: 64, stream: 32, memory: 0 }[work],
          concurrency: WORKS[work].concurrency,
        });
        results.set(`${work} ${client}`, [...(results.get(`${work} ${client}`) ?? []), measured]);
      }
    }
  }
} finally {
  server.disconnect();
  await rm(folder, { recursive: true });
}
const { text, goals } = report(results, await measurePackage(ROUNDS), {
  rounds: ROUNDS,
  machine: `${availableParallelism()} cores, Node ${process.versions.node}`,
});
console.log(text);
if (options.write) {
  const document = join(import.meta.dirname, '../../../docs/performance.md');
  await writeSection({ document, name: 'client' }, text);
}
const missed = goals.filter((goal: Goal) => !goal.met);
for (const { title, got, limit } of missed) console.error(`missed: ${title}: ${got}, goal ${limit}`);
process.exitCode = missed.length > 0 ? 1 : 0;

async function measure(cell: Cell): Promise<Measured> {
  const worker: ChildProcess = fork(join(import.meta.dirname, 'worker.ts'));
  worker.send(cell);
  const [answer] = (await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then(([code]) => {
      throw new Error(`${cell.client} at ${cell.work} ended with ${code}`);
    }),
  ])) as [Measured];
  await once(worker, 'exit');
  return answer;
}
