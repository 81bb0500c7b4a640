import { type BenchClient, CLIENTS } from './clients.ts';
import type { Cell, Measured } from './works.ts';

// Measures one client at one work, in a process of its own.
process.once('message', (cell: Cell) => {
  measure(cell).then(
    (measured) => process.send?.(measured, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function measure({
  client,
  work,
  base,
  picture,
  requests,
  warmUp,
  concurrency,
}: Cell): Promise<Measured> {
  const open = CLIENTS[client];
  if (open === undefined) throw new Error(`no client ${client}`);
  const opened = await open(`${base}/${work === 'memory' ? 'slow' : work}`);
  const send = sender(opened, work, picture);
  await run(send, warmUp, concurrency);
  const before = process.cpuUsage();
  const units = await run(send, requests, concurrency);
  const { user, system } = process.cpuUsage(before);
  return { cpuMicros: (user + system) / units, maxRssMb: process.resourceUsage().maxRSS / 1024 };
}

/** Does one piece of work, and says of how many units it was. @throws Error for a wrong answer. */
function sender(client: BenchClient, work: Cell['work'], picture: string): () => Promise<number> {
  if (work === 'stream') {
    return async () => {
      const chunks = await client.stream();
      // Some clients leave out empty text or join what comes at once.
      if (chunks < 90) throw new Error(`expected 100 chunks, got ${chunks}`);
      return 100;
    };
  }
  return async () => {
    const text = await (work === 'text' ? client.text() : client.image(picture));
    if (text !== 'Hello.') throw new Error(`expected "Hello.", got ${JSON.stringify(text)}`);
    return 1;
  };
}

async function run(send: () => Promise<number>, requests: number, concurrency: number): Promise<number> {
  let left = requests;
  let units = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left-- > 0) {
        // Not `units += await …`: that would add to what units was before.
        const done = await send();
        units += done;
      }
    }),
  );
  return units;
}
