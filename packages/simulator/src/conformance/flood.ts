import { setTimeout as sleep } from 'node:timers/promises';
import { readMetrics } from './read-metrics.ts';
import type { RecordedRequest } from './recording.ts';
import type { Answer } from './send-request.ts';
import type { Target } from './target.ts';

/** What was seen while many requests were answered. */
export interface Flood {
  readonly answers: readonly Answer[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly maxRunning: number;
  readonly maxWaiting: number;
  /** Most requests that were not answered and that neither gauge counted. */
  readonly maxHidden: number;
  /** Of `/load`. */
  readonly maxLoad: number;
}

/** Between two looks at the gauges. */
const SAMPLE_MS = 50;

/** Sends all at once and looks at the gauges until the last is answered; a hanging engine goes on when it has them all. */
export async function flood(target: Target, requests: readonly RecordedRequest[]): Promise<Flood> {
  let open = requests.length;
  const sent = requests.map((request) =>
    target.send(request).finally(() => {
      open--;
    }),
  );
  const rows: { running: number; waiting: number; hidden: number; load: number }[] = [];
  while (open > 0) {
    const [metrics, load] = await Promise.all([
      readMetrics(target),
      target.send({ method: 'GET', path: '/load' }),
    ]);
    const running = metrics.sum('vllm:num_requests_running') ?? 0;
    const waiting = metrics.sum('vllm:num_requests_waiting') ?? 0;
    if (running + waiting === requests.length) target.release();
    rows.push({
      running,
      waiting,
      hidden: open - running - waiting,
      load: JSON.parse(load.text).server_load,
    });
    await sleep(SAMPLE_MS);
  }
  const answers = await Promise.all(sent);
  const most = (name: keyof (typeof rows)[number]) => Math.max(...rows.map((row) => row[name]));
  return {
    answers,
    statuses: countBy(answers.map(({ status }) => status)),
    maxRunning: most('running'),
    maxWaiting: most('waiting'),
    maxHidden: most('hidden'),
    maxLoad: most('load'),
  };
}

function countBy(values: readonly number[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
