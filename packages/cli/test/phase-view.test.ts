import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createPhaseView, type PhaseLine, renderPhases } from '../src/progress/phase-view.ts';

const stack = (state: PhaseLine['state'], note: string): PhaseLine => ({ name: 'stack', state, note });

describe('progress on a terminal', () => {
  it('has a line for each phase, cut to the width, and the time', () => {
    const lines = [
      stack('running', `3 of 90 resources; ${'x'.repeat(80)}`),
      { name: 'verification', state: 'waiting', note: '' },
    ] as const;
    const [first, second, time] = stripVTControlCharacters(
      renderPhases(lines, { seconds: 65, columns: 40 }),
    ).split('\n');
    expect(first).toMatch(/^● stack {9}3 of 90 resources; x+…$/);
    expect(first).toHaveLength(39);
    expect(second?.trimEnd()).toBe('  verification');
    expect(time).toBe('  1 min 05 s');
  });
});

describe('progress elsewhere', () => {
  it('tells each change of state at once, and what only counts on every 15 seconds', async () => {
    const stream = new PassThrough();
    let now = 0;
    const view = createPhaseView(stream, () => now);
    const update = (at: number, line: PhaseLine) => {
      now = at;
      view.update([line]);
    };
    update(0, stack('waiting', ''));
    update(1_000, stack('running', '1 of 9'));
    update(2_000, stack('running', '2 of 9'));
    update(16_000, stack('running', '5 of 9'));
    update(17_000, stack('failed', 'no room'));
    update(18_000, stack('failed', 'no room'));
    view.say('left');
    view.close();
    stream.end();
    expect((await stream.toArray()).join('')).toBe(
      'stack        running 1 of 9\nstack        running 5 of 9\nstack        failed  no room\nleft\n',
    );
  });
});
