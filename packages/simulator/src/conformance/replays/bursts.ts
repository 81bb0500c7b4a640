import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { isRecord } from '../../json.ts';
import type { Difference } from '../compare-json.ts';
import { flood } from '../flood.ts';
import { parseEvents } from '../parse-events.ts';
import { readRunning } from '../read-metrics.ts';
import type { RecordedRequest, Recording } from '../recording.ts';
import type { Answer } from '../send-request.ts';
import type { Target } from '../target.ts';
import { compareFacts, type Replay, requestOf, withBody } from './replay.ts';

/** Nothing is answered before everything has come: how fast this machine is does not count. */
const HANGING = { hang: true };

/** More texts than places: the gauges tell it (802). */
const texts: Replay = {
  behaviour: HANGING,
  async run(recording, target) {
    const seen = await flood(
      target,
      Array.from({ length: 40 }, () => requestOf(recording)),
    );
    const { statuses, maxRunning, maxWaiting } = seen;
    return [
      ...compareFirst(recording, target, seen.answers),
      ...compareFacts(recording.observed, target.live ? { statuses } : { statuses, maxRunning, maxWaiting }),
    ];
  },
};

/** More pictures than places: all hidden at first, while they are prepared (801). */
const pictures: Replay = {
  behaviour: { ...HANGING, perPictureMs: 320 },
  async run(recording, target) {
    // Only the first is compared; the others need not be large for a simulator, which is told how long they take.
    const side = (index: number) => (index === 0 || target.live ? 1024 : 256);
    const requests = await Promise.all(
      Array.from({ length: 32 }, (_, index) => withPicture(requestOf(recording), side(index), index)),
    );
    const seen = await flood(target, requests);
    const { statuses, maxRunning, maxWaiting } = seen;
    const mostHidden = seen.maxHidden > 32 / 2;
    return [
      ...compareFirst(recording, target, seen.answers),
      ...compareFacts(
        { ...recording.observed, mostHidden: true },
        target.live ? { statuses, mostHidden } : { statuses, maxRunning, maxWaiting, mostHidden },
      ),
    ];
  },
};

/** `/load` counts from the first moment (616). */
const load: Replay = {
  behaviour: { ...HANGING, perPictureMs: 20 },
  async run(recording, target) {
    // The recorded request was shorter by a slip; that its text went on was the random model's choice.
    const request = withBody(recording, { max_tokens: 8, ignore_eos: true });
    const requests = await Promise.all(
      Array.from({ length: 8 }, (_, index) => withPicture(request, 1000, index)),
    );
    const { answers, statuses, maxLoad, maxHidden } = await flood(target, requests);
    const after = JSON.parse((await target.send({ method: 'GET', path: '/load' })).text).server_load;
    return [
      ...compareFirst(recording, target, answers),
      ...compareFacts(
        { ...recording.observed, maxLoad: 8, countsHidden: true },
        { statuses, loadAfter: after, maxLoad, countsHidden: maxHidden > 1 },
      ),
    ];
  },
};

/** Where a queue with an end is full (620). */
const queueFull: Replay = {
  behaviour: HANGING,
  async run(recording, target) {
    const answers = await sendStaggered(recording, target);
    const refused = answers.find(({ status }) => status !== 200);
    return [
      ...(refused ? target.compare(recording.response, refused) : [noRefusal()]),
      ...compareFacts(recording.observed, { statuses: answers.map(({ status }) => status) }),
    ];
  },
};

/** A refused stream: before its status line, or behind it (625). */
const queueFullStream: Replay = {
  behaviour: HANGING,
  async run(recording, target) {
    const answers = await sendStaggered(recording, target);
    const seen = answers.map((answer) => ({ status: answer.status, error: errorOf(answer) }));
    const refused = answers.find((answer) => errorOf(answer) !== null);
    // Which of the refused ones learns it how is chance.
    const sorted = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item)).sort();
    return [
      ...(refused ? target.compare(recording.response, refused) : [noRefusal()]),
      ...compareFacts(
        { answers: sorted(recording.observed.answers as readonly unknown[]) },
        { answers: sorted(seen) },
      ),
    ];
  },
};

/** Comments while a stream waits for a place (621). */
const keepAliveComment: Replay = {
  behaviour: HANGING,
  async run(recording, target) {
    const busy = [target.send(requestOf(recording)), target.send(requestOf(recording))];
    for (let look = 0; look < MOST_LOOKS && (await readRunning(target)) !== busy.length; look++)
      await sleep(10);
    const commented = Promise.withResolvers<void>();
    const onText = (text: string) => parseEvents(text).length >= 2 && commented.resolve();
    const waiting = target.send(requestOf(recording), { onText });
    await Promise.race([commented.promise, sleep(PATIENCE_MS)]);
    target.release();
    const differences = target.compare(recording.response, await waiting);
    await Promise.all(busy);
    return differences;
  },
};

/** Of 10 ms each. */
const MOST_LOOKS = 500;

/** For comments that come every third of a second. */
const PATIENCE_MS = 5_000;

function noRefusal(): Difference {
  return { where: 'observed refusal', recorded: 'of one request or more', got: 'none' };
}

/** One after the other, in a known order; all are answered at last. */
async function sendStaggered(recording: Recording, target: Target): Promise<readonly Answer[]> {
  const sent: Promise<Answer>[] = [];
  for (let index = 0; index < 6; index++) {
    sent.push(target.send(requestOf(recording)));
    await sleep(20);
  }
  target.release();
  return Promise.all(sent);
}

function errorOf({ status, text }: Answer): unknown {
  if (status !== 200) return null;
  const errors = parseEvents(text).flatMap(({ data }) => {
    return isRecord(data) && isRecord(data.error) ? [data.error.code] : [];
  });
  return errors[0] ?? null;
}

function compareFirst(
  recording: Recording,
  target: Target,
  answers: readonly Answer[],
): readonly Difference[] {
  return target.compare(recording.response, answers[0] as Answer);
}

/** The request with a picture of its own, so that no cache answers. */
async function withPicture(request: RecordedRequest, side: number, index: number): Promise<RecordedRequest> {
  const background = { r: index * 7, g: 90, b: 200 };
  const png = await sharp({ create: { width: side, height: side, channels: 3, background } })
    .png()
    .toBuffer();
  const url = `data:image/png;base64,${png.toString('base64')}`;
  const text = JSON.stringify(request.body).replace(/\{"\$image":"[^"]*"\}/, () => JSON.stringify(url));
  return { ...request, body: JSON.parse(text) };
}

export const BURST_REPLAYS: Readonly<Record<string, Replay>> = {
  '616-load-tracking': load,
  '620-queue-full': queueFull,
  '621-keep-alive-comment': keepAliveComment,
  '625-queue-full-stream': queueFullStream,
  '801-images-32': pictures,
  '802-text-40': texts,
};
