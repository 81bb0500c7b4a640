import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/report/format-duration.ts';
import { formatReportTable, type RehearsalReport } from '../../src/report/index.ts';

const report: RehearsalReport = {
  ...{
    version: 1,
    ok: false,
    engine: 'simulated',
    model: 'simulated model servers',
    template: { resources: 71 },
    leftovers: ['process 4711'],
  },
  phases: [
    { name: 'synth', ms: 4_100, ok: true },
    { name: 'gate', ms: 840, ok: false },
  ],
  instances: [
    {
      id: 'i-0a1',
      phases: [{ name: 'files', ms: 61_000 }],
      passed: false,
      gate: [{ question: 'What colour?', expected: 'red', answer: 'blue', ok: false }],
    },
    { id: 'i-0a2', phases: [], passed: false, gate: [] },
  ],
  checks: [
    {
      name: 'lists models',
      ok: true,
      ms: 41,
      evidence: `\u001b[31mred\u001b[0m\nline two ${'x'.repeat(100)}`,
    },
  ],
  drill: { streams: 8, completed: 6, truncatedSilently: 1, erroredClearly: 1, terminations: 1 },
};

describe('the table for the terminal', () => {
  it('says all in plain aligned text', () => {
    expect(formatReportTable(report)).toMatchInlineSnapshot(`
      "  step   time
      ✓ synth  4.1 s
      ✗ gate   840 ms

        instance  boot       gate
      ✗ i-0a1     1 min 1 s  0 of 1 pictures right
      ✗ i-0a2     -          never asked

        check         time   evidence
      ✓ lists models  41 ms  red line two xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…

      drill     8 streams: 6 completed, 1 ended in a clear error, 1 cut silently; 1 terminated
      stack     71 resources, simulated model servers
      left over process 4711
      result    ✗ failed
      "
    `);
  });

  it('leaves out what there was not', () => {
    const drill = { streams: 0, completed: 0, truncatedSilently: 0, erroredClearly: 0, terminations: 0 };
    const short = formatReportTable({
      ...report,
      ok: true,
      phases: [],
      instances: [],
      checks: [],
      leftovers: [],
      drill,
    });
    expect(short).toBe(
      'stack     71 resources, simulated model servers\nleft over nothing\nresult    ✓ passed\n',
    );
  });
});

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [65_000, '1 min 5 s'],
    [119_700, '2 min 0 s'],
  ])('%i ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
