import { expect, test } from 'vitest';
import { formatSmokeReport, type SmokeReport } from '../src/index.ts';

const report: SmokeReport = {
  version: 1,
  ok: true,
  endpoint: 'http://localhost:8080',
  model: 'pixtral-12b',
  startedAt: '2026-01-02T03:04:05.000Z',
  ms: 4_321,
  checks: [
    { name: 'reachable', ok: true, ms: 7, evidence: 'GET /v1/models answered 200 in 7 ms' },
    { name: 'picture answered right', ok: true, ms: 1_204, evidence: 'colour: "red"' },
  ],
};

test('a report is a table of results, milliseconds and evidence', () => {
  expect(formatSmokeReport(report)).toMatchInlineSnapshot(`
    "pixtral-12b at http://localhost:8080
    ok      reachable                  7 ms  GET /v1/models answered 200 in 7 ms
    ok      picture answered right  1204 ms  colour: "red"
    all 2 checks passed in 4.3 s"
  `);
});

test('a failed check is followed by what to do', () => {
  const failed: SmokeReport = {
    ...report,
    ok: false,
    checks: [
      ...report.checks.slice(0, 1),
      {
        name: 'picture answered right',
        ok: false,
        ms: 1_204,
        evidence: 'colour: expected red, got "blue"',
        advice: 'compare checkpoint format and flags',
      },
    ],
  };
  expect(formatSmokeReport(failed)).toMatchInlineSnapshot(`
    "pixtral-12b at http://localhost:8080
    ok      reachable                  7 ms  GET /v1/models answered 200 in 7 ms
    FAILED  picture answered right  1204 ms  colour: expected red, got "blue"
            → compare checkpoint format and flags
    1 of 2 checks passed in 4.3 s"
  `);
});
