import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { inspectImage } from '../../src/gateway/inspect-image.ts';
import { PictureNormalizer } from '../../src/gateway/normalizing/picture-normalizer.ts';
import { planPicture } from '../../src/gateway/normalizing/plan-picture.ts';
import { spawnWorker } from '../../src/gateway/normalizing/worker-channel.ts';
import { writeWorker } from '../../test/gateway/normalizing/worker-folder.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { FloodedGateway, KEY } from '../flood/flooded-gateway.ts';
import { median } from '../performance/measures.ts';
import { type BenchPicture, drawPhotographs } from './draw-photographs.ts';

/** What making one picture anew takes. */
export interface PictureMeasures {
  readonly name: string;
  readonly bytes: number;
  /** Of a request through a gateway that passes pictures on, and through one that makes them anew. */
  readonly passedOnMs: number;
  readonly madeAnewMs: number;
  /** Of the worker's processor time. */
  readonly cpuMs: number;
}

const MIB = 1024 * 1024;
const PICTURES_FOR_CPU = 20;

/** Clock ticks of a process in a second, as Linux tells them. */
const TICKS_A_SECOND = 100;

export async function measurePictures(rounds: number): Promise<readonly PictureMeasures[]> {
  await using folder = await temporaryFolder();
  const worker = await writeWorker(folder.path);
  await using passing = await FloodedGateway.start();
  await using making = await FloodedGateway.start(worker);
  const measured: PictureMeasures[] = [];
  for (const picture of await drawPhotographs()) {
    const body = JSON.stringify({ messages: [{ role: 'user', content: [contentOf(picture)] }] });
    const times = { passedOn: [] as number[], madeAnew: [] as number[] };
    // One of each before it counts.
    for (let round = -1; round < rounds; round++) {
      const passedOn = await ask(passing.port, body);
      const madeAnew = await ask(making.port, body);
      if (round < 0) continue;
      times.passedOn.push(passedOn);
      times.madeAnew.push(madeAnew);
    }
    measured.push({
      ...{ name: picture.name, bytes: picture.bytes.length },
      passedOnMs: median(times.passedOn),
      madeAnewMs: median(times.madeAnew),
      cpuMs: await workerCpuMs(worker, picture),
    });
  }
  return measured;
}

function contentOf({ bytes }: BenchPicture): object {
  return { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes.toString('base64')}` } };
}

async function ask(port: number, body: string): Promise<number> {
  const startedAt = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body,
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`the gateway answered ${answer.status}: ${text}`);
  return performance.now() - startedAt;
}

/** As Linux counts it for the one child that this process then has. */
async function workerCpuMs(worker: string, { bytes }: BenchPicture): Promise<number> {
  const limits = { maxImageBytes: 10 * MIB, maxImagePixels: 16_777_216, maxImages: 1 };
  const open = spawnWorker({ ...limits, file: worker });
  const before = new Set(await children());
  await using normalizer = new PictureNormalizer({
    ...{ open, workers: 1, timeoutMs: 60_000, logger: pino({ level: 'silent' }) },
  });
  await normalizer.start();
  const pid = (await children()).find((child) => !before.has(child));
  if (pid === undefined) throw new Error('the worker is no child of this process');
  const image = inspectImage(`data:image/png;base64,${bytes.toString('base64')}`, {
    param: 'url',
    limits,
  });
  const startedAt = await ticks(pid);
  for (let made = 0; made < PICTURES_FOR_CPU; made++) {
    await normalizer.normalize(() => ({ ...planPicture(image), bytes }), new AbortController().signal);
  }
  return ((await ticks(pid)) - startedAt) * (1_000 / TICKS_A_SECOND / PICTURES_FOR_CPU);
}

async function children(): Promise<readonly string[]> {
  const { pid } = process;
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean);
}

/** User and system time (proc(5), fields 14 and 15; the name in field 2 may hold spaces). */
async function ticks(pid: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
