import { describe, expect, it } from 'vitest';
import { PhaseLog, type ProgressEvent } from '../../src/run/progress.ts';

describe('the log of phases', () => {
  it('times what ran, in the order of the steps, however they overlapped', async () => {
    const log = new PhaseLog(() => {});
    log.start('gate');
    await log.run('synth', async () => undefined);
    log.end('gate', { ok: true });
    expect(log.records().map(({ name, ok }) => [name, ok])).toEqual([
      ['synth', true],
      ['gate', true],
    ]);
  });

  it('fails the phase whose work throws, and passes the error on', async () => {
    const events: ProgressEvent[] = [];
    const log = new PhaseLog((event) => events.push(event));
    await expect(log.run('files', () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    expect(events.map((event) => event.type)).toEqual(['phase-start', 'phase-end']);
    expect(log.records()).toMatchObject([{ name: 'files', ok: false }]);
  });

  it('knows the latest open phase, and ends what was left open as failed', () => {
    const log = new PhaseLog(() => {});
    log.start('cloud');
    log.start('gate');
    expect(log.current()).toBe('gate');
    log.failOpen();
    expect(log.records()).toMatchObject([
      { name: 'cloud', ok: false },
      { name: 'gate', ok: false },
    ]);
    expect(log.current()).toBeUndefined();
    expect(log.latestFailed()).toBe('gate');
  });
});
