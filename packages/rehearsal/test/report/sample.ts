import type { RehearsalDetails, RehearsalReport } from '../../src/report/index.ts';

/** One red pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const FIRST = 'i-0a1b2c3d4e5f60001';
const SECOND = 'i-0a1b2c3d4e5f60002';
const THIRD = 'i-0a1b2c3d4e5f60003';

const QUESTIONS = [
  ['What colour is this picture? Answer with one word: red, green, blue, yellow.', 'orange'],
  ['What shape is in the picture? Answer with one word: circle, square, triangle.', 'triangle'],
  ['Which digits are written in the picture? Answer with the digits only.', '40718'],
] as const;

/** A rehearsal as it goes when all is well. */
export function sampleDetails(): RehearsalDetails {
  const boot = (startMs: number) => [
    { name: 'agent-start', startMs, ms: 700 },
    { name: 'files', startMs: startMs + 700, ms: 1_900 },
    { name: 'engine-start', startMs: startMs + 2_600, ms: 400 },
    { name: 'engine-ready', startMs: startMs + 3_000, ms: 2_200 },
    { name: 'gate', startMs: startMs + 5_200, ms: 800 },
  ];
  return {
    startedAt: '2026-11-24T04:02:13.000Z',
    phases: [
      { name: 'synth', startMs: 0, ms: 4_100, ok: true },
      { name: 'cloud', startMs: 900, ms: 22_400, ok: true },
      { name: 'files', startMs: 14_000, ms: 1_300, ok: true },
      { name: 'instances', startMs: 13_800, ms: 6_700, ok: true },
      { name: 'gate', startMs: 19_000, ms: 1_700, ok: true },
      { name: 'balancer', startMs: 20_700, ms: 300, ok: true },
      { name: 'verify', startMs: 23_300, ms: 3_100, ok: true },
      { name: 'drill', startMs: 26_400, ms: 21_600, ok: true },
      { name: 'destroy', startMs: 48_000, ms: 7_200, ok: true },
      { name: 'report', startMs: 55_200, ms: 400, ok: true },
    ],
    instances: [
      { id: FIRST, type: 'g5.2xlarge', phases: boot(13_900) },
      {
        ...{ id: SECOND, type: 'g5.2xlarge' },
        phases: [
          ...boot(14_100),
          { name: 'restart', startMs: 39_000, ms: 8_200 },
          { name: 'gate', startMs: 47_200, ms: 500 },
        ],
      },
      { id: THIRD, type: 'g5.2xlarge', phases: boot(28_100) },
    ],
    targetStates: [
      { atMs: 20_200, instanceId: FIRST, state: 'initial' },
      { atMs: 20_400, instanceId: FIRST, state: 'healthy' },
      { atMs: 20_500, instanceId: SECOND, state: 'initial' },
      { atMs: 20_700, instanceId: SECOND, state: 'healthy' },
      { atMs: 27_600, instanceId: FIRST, state: 'draining' },
      { atMs: 35_000, instanceId: FIRST, state: 'gone' },
      { atMs: 34_400, instanceId: THIRD, state: 'initial' },
      { atMs: 34_600, instanceId: THIRD, state: 'healthy' },
      { atMs: 42_000, instanceId: SECOND, state: 'unhealthy' },
      { atMs: 47_900, instanceId: SECOND, state: 'healthy' },
    ],
    pictures: [FIRST, SECOND, THIRD].flatMap((instanceId) =>
      QUESTIONS.map(([question, expected], index) => ({
        ...{
          instanceId,
          question,
          expected,
          answer: expected,
          ok: true,
          ms: 180 + index * 70,
          picture: PIXEL,
        },
      })),
    ),
    requests: sampleRequests(),
    drillEvents: [
      { atMs: 27_500, kind: 'terminate', instanceId: FIRST },
      { atMs: 33_900, kind: 'drained', instanceId: FIRST },
      { atMs: 35_100, kind: 'replaced', instanceId: THIRD },
      { atMs: 38_900, kind: 'kill', instanceId: SECOND },
      { atMs: 42_000, kind: 'target-out', instanceId: SECOND },
      { atMs: 47_700, kind: 'gate-passed-again', instanceId: SECOND },
    ],
  };
}

export function sampleReport(details: RehearsalDetails = sampleDetails()): RehearsalReport {
  const count = (outcome: string) => details.requests.filter((request) => request.outcome === outcome).length;
  return {
    version: 1,
    ok: true,
    engine: 'simulated',
    model: 'simulated model servers',
    phases: details.phases.map(({ name, ms, ok }) => ({ name, ms, ok })),
    instances: details.instances.map(({ id, phases }) => ({
      id,
      phases: phases.slice(0, 5).map(({ name, ms }) => ({ name, ms })),
      passed: details.pictures.every((asked) => asked.instanceId !== id || asked.ok),
      gate: details.pictures
        .filter(({ instanceId }) => instanceId === id)
        .map(({ question, expected, answer, ok }) => ({ question, expected, answer, ok })),
    })),
    checks: [
      { name: 'lists the served model', ok: true, ms: 41, evidence: 'pixtral-12b' },
      { name: 'refuses a wrong key', ok: true, ms: 12, evidence: '401 invalid_api_key' },
      {
        name: 'answers right about a picture',
        ok: true,
        ms: 612,
        evidence: 'asked for digits, expected 40718, got 40718',
      },
      { name: 'every instance answered', ok: true, ms: 230, evidence: `${FIRST}, ${SECOND}` },
    ],
    drill: {
      streams: details.requests.length,
      completed: count('completed'),
      truncatedSilently: count('truncated-silently'),
      erroredClearly: count('errored-clearly'),
      terminations: 1,
    },
    template: { resources: 71 },
    leftovers: [],
  };
}

/** Eight streams at a time for 21 s; those on the killed model server end in an error at that moment. */
function sampleRequests(): RehearsalDetails['requests'] {
  const requests: RehearsalDetails['requests'][number][] = [];
  for (let lane = 0; lane < 8; lane++) {
    let startMs = 26_400 + lane * 35;
    while (startMs < 46_000) {
      const instanceId = instanceAt(startMs, lane);
      const killed = instanceId === SECOND && startMs < 38_900 && startMs + 6_100 > 38_900;
      const endMs = killed ? 38_920 + lane : startMs + 6_000 + lane * 21;
      requests.push({
        ...{
          id: requests.length + 1,
          startMs,
          endMs,
          instanceId,
          outcome: killed ? 'errored-clearly' : 'completed',
        },
        ...(killed ? { error: 'StreamError: the model server died' } : {}),
        chunksMs: Array.from({ length: 12 }, (_, index) => startMs + ((endMs - startMs) * (index + 1)) / 12),
      });
      startMs = endMs + 60;
    }
  }
  return requests;
}

function instanceAt(ms: number, lane: number): string {
  if (ms < 27_500) return lane % 2 === 0 ? FIRST : SECOND;
  if (ms < 35_100) return SECOND;
  return ms > 38_900 || lane % 2 === 0 ? THIRD : SECOND;
}
