import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatEvent, ProgressLines } from '../src/progress/progress-lines.ts';

describe('the live list', () => {
  it('shows what is done, what runs with its time, and what is to come', () => {
    const lines = new ProgressLines();
    lines.update({ type: 'phase-start', phase: 'synth' }, 0);
    lines.update({ type: 'phase-end', phase: 'synth', ok: true, ms: 3_100 }, 3_100);
    lines.update({ type: 'phase-start', phase: 'cloud' }, 0);
    lines.update({ type: 'phase-note', phase: 'cloud', note: 'cdk deploy' }, 3_200);
    lines.update({ type: 'phase-start', phase: 'files' }, 4_000);
    lines.update({ type: 'phase-end', phase: 'files', ok: false, ms: 500, note: 'no bucket' }, 4_500);
    const shown = stripVTControlCharacters(lines.render(5_000)).replaceAll(/ +$/gm, '');
    expect(shown).toMatchInlineSnapshot(`
      "✓ synth        3.1 s
      ● cloud        5.0 s  cdk deploy
      ✗ files        0.5 s  no bucket
        instances
        gate
        balancer
        verify
        drill
        report
        destroy"
    `);
  });

  it('shows the runtime only when one is built', () => {
    const lines = new ProgressLines();
    expect(lines.render(0)).not.toContain('runtime');
    lines.update({ type: 'phase-start', phase: 'runtime' }, 0);
    expect(stripVTControlCharacters(lines.render(0))).toMatch(/^● runtime/);
  });

  it('shows set-up only until the first phase begins', () => {
    const lines = new ProgressLines();
    lines.update({ type: 'setup', note: 'installing Python packages' }, 0);
    expect(lines.render(0)).toContain('installing Python packages');
    lines.update({ type: 'phase-start', phase: 'cloud' }, 1);
    expect(lines.render(2)).not.toContain('installing');
  });
});

describe('lines of a log', () => {
  it('has one for each end, with time and note', () => {
    const done = formatEvent({ type: 'phase-end', phase: 'gate', ok: true, ms: 1_250, note: '2 in service' });
    expect(done).toBe('gate       ok 1.3 s  2 in service');
    expect(formatEvent({ type: 'phase-end', phase: 'gate', ok: false, ms: 90 })).toBe(
      'gate       FAILED 0.1 s',
    );
    expect(formatEvent({ type: 'phase-start', phase: 'gate' })).toBeUndefined();
  });
});
