import { expect, it } from 'vitest';
import { parseChaosOptions } from '../../src/chaos/options.ts';
import { renderReliabilityPage } from '../../src/chaos/reliability-page.ts';
import { judgeRun, type PastEvent, summarise } from '../../src/chaos/verdict.ts';

it('the page tells what a run has shown, and how to run it again', () => {
  const event: PastEvent = {
    ...{
      number: 1,
      kind: 'spot',
      victim: 'i-1',
      terminations: 1,
      beganMs: 1_000,
      recoveredMs: 8_500,
      openStreams: 3,
    },
    timeline: [],
  };
  const whole = { outcome: 'whole', detail: '', bytes: 10, instanceId: 'i-1' } as const;
  const records = [
    { id: 1, startedMs: 500, endedMs: 3_000, refusals: [], ...whole },
    { id: 2, startedMs: 1_500, endedMs: 4_000, refusals: ['status 503', 'status 503'], ...whole },
  ];
  const { streams } = judgeRun({ records, events: [event], wantedStreams: 2 });
  const page = renderReliabilityPage({
    options: parseChaosOptions(['--seed', '7', '--streams', '2']),
    summaries: summarise({ streams }, [event]),
    events: [event],
    streams,
    seconds: 120,
    date: '2026-11-28',
  });
  expect(page).toContain(
    '`npm run chaos -- --seed 7 --streams 2 --terminations 50 --faults 2 --instances 3 --concurrency 24` on 2026-11-28',
  );
  expect(page).toContain('**2 streams in 2 minutes, 1 terminations among 1 events');
  expect(page).toContain('| `spot` | 1 | 2 | 2 | 1 | 0 | 0 | 3.0 s / 3.0 s | 7.5 s / 7.5 s |');
  expect(page).toContain('asked again: 2 × status 503.');
});
