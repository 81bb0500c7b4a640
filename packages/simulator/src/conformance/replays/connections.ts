import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMetrics, readRunning } from '../read-metrics.ts';
import type { Answer } from '../send-request.ts';
import type { Target } from '../target.ts';
import { compareFacts, type Replay, requestOf } from './replay.ts';

/** Slow enough to be met in the middle. */
const SLOW = { perTokenMs: 5 };

/** A busy machine's slack, in milliseconds; what is looked for takes a second or never comes. */
const PATIENCE_MS = 700;

/** A client leaves a stream (410). */
const leaveStream: Replay = {
  behaviour: SLOW,
  async run(recording, target) {
    const { sseEvents = 0 } = recording.response;
    const before = await readMetrics(target);
    let running: Promise<number | undefined> | undefined;
    const answer = await hangUp(recording, target, (events) => {
      if (events >= 10) running ??= readRunning(target);
      return events >= sseEvents;
    });
    const zero = await isGone(target);
    const after = await readMetrics(target);
    const aborts = (metrics: typeof after) =>
      metrics.sum('vllm:request_success_total', 'finished_reason="abort"') ?? NaN;
    // More may have come in one piece.
    const text = answer.text.split('\n\n').slice(0, sseEvents).join('\n\n');
    return [
      ...target.compare(recording.response, { ...answer, text: `${text}\n\n` }),
      ...compareFacts(
        { ...recording.observed, runningZero: true },
        {
          runningWhileStreaming: await running,
          runningZero: zero,
          abortsCounted: aborts(after) - aborts(before),
        },
      ),
    ];
  },
};

/** A client leaves while it waits (411). */
const leaveUnary: Replay = {
  behaviour: SLOW,
  async run(recording, target) {
    const leave = new AbortController();
    const sent = target.send(requestOf(recording), { signal: leave.signal }).catch(() => undefined);
    await sleep(target.live ? 700 : 100);
    const running = await readRunning(target);
    leave.abort();
    await sent;
    return compareFacts(
      { runningBefore: recording.observed.runningBefore, runningZero: true },
      { runningBefore: running, runningZero: await isGone(target) },
    );
  },
};

/** Clients that left are not counted as load (624). */
const loadAfterLeaving: Replay = {
  behaviour: SLOW,
  async run(recording, target) {
    const load = () => target.send(requestOf(recording));
    const chat = (stream: boolean) => ({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer k1' },
      body: {
        messages: [{ role: 'user', content: 'Say hello.' }],
        max_tokens: 2_000,
        ignore_eos: true,
        stream,
      },
    });
    const loads: number[] = [];
    for (const stream of [true, false]) {
      for (let client = 0; client < 3; client++) {
        const leave = new AbortController();
        const sent = target.send(chat(stream), { signal: leave.signal }).catch(() => undefined);
        await sleep(60);
        loads.push(JSON.parse((await load()).text).server_load);
        leave.abort();
        await sent;
      }
      await isGone(target);
      loads.push(JSON.parse((await load()).text).server_load);
    }
    return [
      ...target.compare(recording.response, await load()),
      ...compareFacts({ loads: [1, 1, 1, 0, 1, 1, 1, 0] }, { loads }),
    ];
  },
};

/** An idle connection is closed by the server, one that was never used is not (412). */
const idle: Replay = {
  async run(recording, target) {
    const answer = await target.send(requestOf(recording));
    const limitMs = 5 * target.secondMs;
    const [used, unused] = await Promise.all([
      idleUntil(target, true, limitMs + PATIENCE_MS),
      idleUntil(target, false, limitMs + PATIENCE_MS),
    ]);
    const inTime = used.closedMs !== undefined && used.closedMs > limitMs * 0.9;
    return [
      ...target.compare(recording.response, answer),
      ...compareFacts(
        { how: recording.observed.how, after5Seconds: true, unusedStaysOpen: true },
        { how: used.how, after5Seconds: inTime, unusedStaysOpen: unused.closedMs === undefined },
      ),
    ];
  },
};

/** With a longer limit it stays open (617). */
const idleLonger: Replay = {
  second: 0.1,
  async run(recording, target) {
    const answer = await target.send(requestOf(recording));
    const { closedMs } = await idleUntil(target, true, 20 * target.secondMs);
    return [
      ...target.compare(recording.response, answer),
      ...compareFacts(recording.observed, { stillOpenAfter20s: closedMs === undefined }),
    ];
  },
};

/** Two requests on one connection (413). */
const reuse: Replay = {
  async run(recording, target) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const first = await target.send(requestOf(recording), { agent });
      const second = await target.send(requestOf(recording), { agent });
      const sameConnection = first.localPort === second.localPort;
      return [
        ...target.compare(recording.response, second),
        ...compareFacts(recording.observed, { sameConnection }),
      ];
    } finally {
      agent.destroy();
    }
  },
};

/** Sends the recorded request and leaves when `enough` says so of the number of events. */
function hangUp(
  recording: Parameters<typeof requestOf>[0],
  target: Target,
  enough: (events: number) => boolean,
): Promise<Answer> {
  const leave = new AbortController();
  return target.send(requestOf(recording), {
    signal: leave.signal,
    onText: (text) => enough(text.split('\n\n').length - 1) && leave.abort(),
  });
}

/** Whether the batch becomes empty: recorded within 45 ms. */
async function isGone(target: Target): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    if ((await readRunning(target)) === 0) return true;
    await sleep(10);
  }
  return false;
}

/** A bare connection, with one request or none. */
function idleUntil(
  target: Target,
  used: boolean,
  patienceMs: number,
): Promise<{ readonly how: string; readonly closedMs: number | undefined }> {
  const { address } = target;
  const socket =
    address.socketPath === undefined
      ? net.connect(address.port, address.host)
      : net.connect(address.socketPath);
  let since = performance.now();
  return new Promise((resolve) => {
    const end = (how: string, closed: boolean) => {
      socket.destroy();
      clearTimeout(timer);
      resolve({ how, closedMs: closed ? performance.now() - since : undefined });
    };
    const timer = setTimeout(() => end('open', false), patienceMs);
    socket.on('data', () => {
      since = performance.now();
    });
    socket.on('end', () => end('FIN', true));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message, true));
    if (used) socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
  });
}

export const CONNECTION_REPLAYS: Readonly<Record<string, Replay>> = {
  '410-client-leaves': leaveStream,
  '411-client-leaves-unary': leaveUnary,
  '412-idle-connection': idle,
  '413-keep-alive-reuse': reuse,
  '617-keep-alive-75': idleLonger,
  '624-load-after-hang-up': loadAfterLeaving,
};
