import { setTimeout as sleep } from 'node:timers/promises';
import { type Attack, type Defence, fails, refuse, type Sighting, WORKS } from '../attack.ts';
import { describe } from '../judge.ts';
import { chatHead, type Target } from '../lab/target.ts';
import { megabytes, seconds, watchMemory } from '../sightings.ts';

const MEGABYTE = 1e6;

/** Of a body that says that it has 200 MB: as many are sent. */
const SENT = 150 * MEGABYTE;
const DECLARED = 200 * MEGABYTE;

/** How long a bare server is watched that waits for ever; the gateway gets the time that it needs. */
const PATIENCE_MS = 3_500;
const GATEWAY_MS = 60_000;

/** Bytes that come so slowly that the request is never whole. */
async function* drip(head: string, piece: string, forMs: number): AsyncGenerator<string> {
  yield head;
  for (const until = performance.now() + forMs; performance.now() < until; ) {
    await sleep(200);
    yield piece;
  }
}

async function dripAt(target: Target, head: string, piece: string): Promise<Sighting> {
  const patience = target.kind === 'bare' ? PATIENCE_MS : GATEWAY_MS;
  const { closed, last } = await target.raw(drip(head, piece, patience), { untilClosedMs: patience });
  if (closed) return { answers: [last] };
  return { answers: [last], harm: `still waited for after ${seconds(patience)}` };
}

async function* manyBytes(head: string, format: (piece: Buffer) => readonly (string | Buffer)[]) {
  yield head;
  const piece = Buffer.alloc(MEGABYTE, 'x');
  for (let sent = 0; sent < SENT; sent += piece.length) yield* format(piece);
  // The rest never comes.
  await sleep(1_000);
}

/** Sends 150 of 200 MB. */
async function pour(target: Target, header: string, chunked: boolean): Promise<Sighting> {
  const format = (piece: Buffer) => (chunked ? [`${piece.length.toString(16)}\r\n`, piece, '\r\n'] : [piece]);
  const bytes = manyBytes(chatHead(target, header), format);
  // A bare server has no reason to answer before the end.
  const options = { untilWritten: target.kind === 'bare', untilClosedMs: GATEWAY_MS };
  const { sent, grown } = await watchMemory(target, () => target.raw(bytes, options));
  if (sent.closed || sent.last.status !== 0) return { answers: [sent.last] };
  const harm = `took ${megabytes(SENT)} without a word; its memory grew by ${megabytes(grown)}`;
  return { answers: [sent.last], harm };
}

const OVERFLOW = refuse(431, 'the headers have more than 16384 bytes');

async function sendHeaders(target: Target, headers: string): Promise<Sighting> {
  const { last } = await target.raw(
    `GET /version HTTP/1.1\r\nhost: fleet\r\n${headers}\r\nconnection: close\r\n\r\n`,
  );
  return { answers: [last], harm: last.status === 200 ? 'all of them were taken, without a key' : undefined };
}

/** Long requests at once, and the deadline that an honest one names. */
const FLOOD = 200;
const DEADLINE_MS = 2_000;

/** What somebody gets who asks while 200 long answers are under way or wait. */
async function flood(target: Target): Promise<Sighting> {
  const long = { max_tokens: 3_000, ignore_eos: true };
  const leave = new AbortController();
  const { signal } = leave;
  const floods = Array.from({ length: FLOOD }, () => target.chat(long, { signal, timeoutMs: 120_000 }));
  await sleep(1_000);
  const headers = { 'x-request-timeout-ms': String(DEADLINE_MS) };
  // Two cores that compute the answers themselves leave the gateway little time.
  const patience = target.kind === 'bare' ? 3 * DEADLINE_MS : GATEWAY_MS;
  const honest = await target.chat({}, { headers, timeoutMs: patience });
  leave.abort();
  const answers = await Promise.all(floods);
  const refused = answers.filter(({ status }) => status === 429 || status === 503).length;
  const harm =
    honest.status === 0
      ? `an honest request got nothing within ${seconds(patience)}, not even a refusal`
      : undefined;
  return {
    answers: [honest],
    harm,
    seen: `an honest request got ${describe(honest)} after ${seconds(honest.ms)}; ${refused} of ${FLOOD} were sent away`,
  };
}

const TOLD: Defence = { kind: 'no harm', why: 'who cannot be answered in time is told so at once' };

export const LOAD_ATTACKS: readonly Attack[] = [
  {
    id: 'slow-headers',
    group: 'load',
    sends: 'headers, five bytes a second (slow loris)',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(408, 'the request did not arrive in time'),
    run: (target) => dripAt(target, 'GET /version HTTP/1.1\r\nhost: fleet\r\nx-slow: ', 'x'),
  },
  {
    id: 'slow-body',
    group: 'load',
    sends: 'a body, five bytes a second',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(408, 'send it again'),
    run: (target) => dripAt(target, chatHead(target, 'content-length: 100000'), ' '),
  },
  {
    id: 'large-body',
    group: 'load',
    sends: '150 MB of a body that says that it has 200',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(413, 'the body has more than'),
    run: (target) => pour(target, `content-length: ${DECLARED}`, false),
  },
  {
    id: 'large-chunked-body',
    group: 'load',
    sends: '150 MB in chunks, without an end',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(413, 'the body has more than'),
    run: (target) => pour(target, 'transfer-encoding: chunked', true),
  },
  {
    id: 'many-headers',
    group: 'load',
    sends: '100,000 headers, without a key',
    bare: { simulator: fails('Node takes fewer'), vllm: WORKS },
    defence: OVERFLOW,
    run: (target) =>
      sendHeaders(target, Array.from({ length: 100_000 }, (_, index) => `x-${index}: y`).join('\r\n')),
  },
  {
    id: 'giant-header',
    group: 'load',
    sends: 'one header of 500 kB, without a key',
    advisories: [{ id: 'CVE-2025-48956, GHSA-rxc4-3w6r-4v47', affected: 'see the advisory' }],
    bare: { simulator: WORKS, vllm: WORKS },
    defence: OVERFLOW,
    run: (target) => sendHeaders(target, `x-giant: ${'y'.repeat(500_000)}`),
  },
  {
    id: 'endless-queue',
    group: 'load',
    sends: '200 requests for 3,000 tokens each, and then an honest one',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: TOLD,
    run: flood,
  },
];
