import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PictureJob } from '../../../src/gateway/normalizing/picture-job.ts';
import {
  PictureNormalizer,
  type PictureNormalizerOptions,
} from '../../../src/gateway/normalizing/picture-normalizer.ts';
import type { OpenWorker } from '../../../src/gateway/normalizing/worker-channel.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { drawPng } from '../pictures/draw-png.ts';

const PROGRAM = fileURLToPath(new URL('scripted-worker.mjs', import.meta.url));
const PNG = drawPng(8);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let opened: number;
const normalizers: PictureNormalizer[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  opened = 0;
});
afterEach(async () => {
  for (const normalizer of normalizers.splice(0)) await normalizer[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const openScripted: OpenWorker = () => {
  opened++;
  const child = spawn(process.execPath, [PROGRAM, folder.path], { stdio: ['pipe', 'pipe', 'inherit'] });
  return { input: child.stdin, output: child.stdout, end: () => void child.kill('SIGKILL') };
};

function create(change: Partial<PictureNormalizerOptions> = {}): PictureNormalizer {
  const normalizer = new PictureNormalizer({
    ...{ open: openScripted, workers: 1, timeoutMs: 60_000, logger: pino({ level: 'silent' }) },
    ...change,
  });
  normalizers.push(normalizer);
  return normalizer;
}

/** What a worker is told, and the picture that it gives back. */
function job(order: string, picture: Buffer = PNG): () => PictureJob {
  const size = { width: 8, height: 8, orientation: 1, format: 'png' } as const;
  return () => ({ ...size, bytes: Buffer.concat([Buffer.from(order), picture]) });
}

const never = new AbortController().signal;

/** At work, though the proof that it works is not waited for. */
function open(change: Partial<PictureNormalizerOptions> = {}): PictureNormalizer {
  const normalizer = create(change);
  void normalizer.start().catch(() => undefined);
  return normalizer;
}

describe('a picture that ends its worker', () => {
  it('is refused after a second try, and all others are made', async () => {
    const normalizer = open();
    const settled = await Promise.allSettled(
      ['e', 'c', 'e', 'e'].map((order) => normalizer.normalize(job(order), never)),
    );
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(settled[1]).toMatchObject({
      reason: { name: 'PictureFault', message: 'the picture breaks its decoder; save it anew' },
    });
    expect(opened).toBe(3);
  });

  it('is made by the next one, if that one lives', async () => {
    await expect(open().normalize(job('o'), never)).resolves.toEqual(PNG);
    expect(opened).toBe(2);
  });

  it('by taking too long is refused, and those that wait are made by the next one', async () => {
    const normalizer = open({ timeoutMs: 3_000 });
    const [hung, next] = await Promise.allSettled(
      ['h', 'e'].map((order) => normalizer.normalize(job(order), never)),
    );
    expect(hung).toMatchObject({
      reason: { message: 'the picture takes more than 3 s to decode; send a smaller one' },
    });
    expect(next).toEqual({ status: 'fulfilled', value: PNG });
  });
});

it('a worker that leaves, as those do that hold too much memory, is replaced', async () => {
  const normalizer = open();
  for (const order of ['l', 'l', 'e']) {
    await expect(normalizer.normalize(job(order), never)).resolves.toEqual(PNG);
  }
  expect(opened).toBe(3);
});

describe('what a worker says is not believed', () => {
  it.each([
    ['another size', 'e', drawPng(9)],
    ['another format', 'e', Buffer.from('GIF89a\x08\0\x08\0\0\0\0;', 'latin1')],
    ['more behind it', 'e', Buffer.concat([PNG, Buffer.from('more')])],
    ['nothing', 'e', Buffer.alloc(0)],
    ['4 GB', 'b', PNG],
  ])('%s', async (_what, order, picture) => {
    await expect(open().normalize(job(order, picture), never)).rejects.toThrow('breaks its decoder');
  });

  it('answers that nobody asked for end it', async () => {
    const normalizer = open();
    await expect(normalizer.normalize(job('f'), never)).rejects.toThrow('breaks its decoder');
    await expect(normalizer.normalize(job('e'), never)).resolves.toEqual(PNG);
  });
});

describe('a picture that waits', () => {
  it('is refused when too many do, with when to ask again', async () => {
    const normalizer = open();
    const first = normalizer.normalize(job('w'), never);
    const others = Array.from({ length: 31 }, () => normalizer.normalize(job('e'), never));
    // The first is either waiting or at work: there is room for one more at most.
    const more = Array.from({ length: 2 }, () => normalizer.normalize(job('e'), never));
    const refused = await Promise.allSettled(more.map((each) => Promise.race([each, first])));
    expect(refused.at(-1)).toMatchObject({ reason: { status: 429, retryAfterSeconds: 2, reason: 'full' } });
    await writeFile(join(folder.path, 'go'), '');
    await Promise.all([first, ...others]);
  });

  it('is given up when its client leaves', async () => {
    const normalizer = open();
    const first = normalizer.normalize(job('w'), never);
    const gone = new AbortController();
    const second = normalizer.normalize(() => expect.fail('it was made'), gone.signal);
    gone.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    await writeFile(join(folder.path, 'go'), '');
    await expect(first).resolves.toEqual(PNG);
  });

  it('is refused when all ends', async () => {
    const normalizer = open();
    const refused = ['w', 'e'].map((order) =>
      expect(normalizer.normalize(job(order), never)).rejects.toMatchObject({ status: 503 }),
    );
    await normalizer[Symbol.asyncDispose]();
    await Promise.all(refused);
    await expect(normalizer.normalize(job('e'), never)).rejects.toMatchObject({ status: 503 });
  });
});

describe('where no worker starts', () => {
  const openNothing: OpenWorker = () => {
    const child = spawn(process.execPath, ['-e', ''], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { input: child.stdin, output: child.stdout, end: () => void child.kill('SIGKILL') };
  };

  it('the instance does not serve', async () => {
    await expect(create({ open: openNothing }).start()).rejects.toThrow(
      'no picture can be made anew on this machine: it ended',
    );
  });

  it('later pictures are refused at once, and made when one starts again', async () => {
    let isBroken = true;
    const normalizer = create({ open: () => (isBroken ? openNothing() : openScripted()) });
    await expect(normalizer.start()).rejects.toThrow();
    await expect(normalizer.normalize(job('e'), never)).rejects.toMatchObject({
      ...{ status: 503, retryAfterSeconds: 2 },
      message: 'this instance cannot prepare pictures now; ask again',
    });
    isBroken = false;
    await expect
      .poll(() => normalizer.normalize(job('e'), never).catch(() => undefined), { timeout: 20_000 })
      .toEqual(PNG);
  });
});
