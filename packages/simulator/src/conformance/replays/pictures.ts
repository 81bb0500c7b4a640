import { setTimeout as sleep } from 'node:timers/promises';
import { compareFacts, compareHits, type Replay, replayPlainly, requestOf } from './replay.ts';

/** The same picture twice: usage tells what came from the cache (610). */
const usageDetails: Replay = {
  async run(recording, target) {
    const first = await target.send(requestOf(recording));
    const second = await target.send(requestOf(recording));
    return [
      ...target.compare(recording.response, second),
      ...compareFacts(recording.observed, { usageOfFirst: JSON.parse(first.text).usage }),
    ];
  },
};

/** What a chat that comes half a second after a slow picture is asked. */
const TEXT_CHAT = {
  method: 'POST',
  path: '/v1/chat/completions',
  body: { messages: [{ role: 'user', content: 'Say hello.' }], max_tokens: 1 },
};

/** The picture hangs for 10 seconds; whoever waits for it waits longer than this. */
const LONG_SECONDS = 5;

/** Of 10 ms each. */
const MOST_LOOKS = 500;

/** Somebody's picture hangs: who waits for it? Nobody who asks for the health; texts unless there are more workers (251, 623). */
const secondHangs: Replay = {
  // Real seconds: a busy machine's slack would count as waiting.
  second: 1,
  async run(recording, target) {
    const slow = target.send(requestOf(recording));
    // Recorded: half a second later. What counts is that the second load has begun.
    for (let look = 0; look < MOST_LOOKS && target.media.hits.length < 2; look++) await sleep(10);
    const others = {
      'GET /health': { method: 'GET', path: '/health' },
      'a text chat': TEXT_CHAT,
      '/tokenize': { method: 'POST', path: '/tokenize', body: { prompt: 'Hi' } },
    };
    const recorded = recording.observed.sentHalfASecondLater as Record<string, { elapsedMs: number }>;
    const asked = Object.entries(others).filter(([name]) => recorded[name]);
    const waited = await Promise.all(
      asked.map(async ([name, request]) => {
        const { elapsedMs } = await target.send(request);
        return [name, elapsedMs > LONG_SECONDS * target.secondMs] as const;
      }),
    );
    const recordedWait = asked.map(
      ([name]) => [name, (recorded[name]?.elapsedMs ?? 0) > LONG_SECONDS * 1_000] as const,
    );
    return [
      ...target.compare(recording.response, await slow),
      ...compareHits(recording, target),
      ...compareFacts({ waited: Object.fromEntries(recordedWait) }, { waited: Object.fromEntries(waited) }),
    ];
  },
};

/** A hanging picture is given up after 105 seconds and two pauses (248). */
const hangs: Replay = { second: 0.02, run: replayPlainly };

export const PICTURE_REPLAYS: Readonly<Record<string, Replay>> = {
  '248-http-hangs': hangs,
  '251-http-second-hangs': secondHangs,
  '610-usage-details-image': usageDetails,
  '623-workers-second-hangs': secondHangs,
};
