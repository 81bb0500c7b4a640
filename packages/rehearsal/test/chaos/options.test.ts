import { describe, expect, it } from 'vitest';
import { CHAOS_KINDS } from '../../src/chaos/kinds.ts';
import { CHAOS_HELP, parseChaosOptions } from '../../src/chaos/options.ts';

describe('the options of a run', () => {
  it('are the whole run by default, and a short one for CI', () => {
    expect(parseChaosOptions([])).toMatchObject({
      streams: 10_000,
      terminations: 50,
      seed: 1,
      only: undefined,
    });
    expect(parseChaosOptions(['--short', '--streams', '40'])).toMatchObject({
      streams: 40,
      terminations: 6,
      instances: 2,
    });
  });

  it('name kinds', () => {
    expect(parseChaosOptions(['--only', 'spot, engine-kill']).only).toEqual(['spot', 'engine-kill']);
    expect(() => parseChaosOptions(['--only', 'spt'])).toThrow(
      /--only: there is no kind "spt"; there are scale-in, /,
    );
    for (const kind of CHAOS_KINDS) expect(CHAOS_HELP).toContain(`    ${kind} `);
  });

  it.each([
    [['--streams', '0'], '--streams must be a whole number from 1 to 1000000, got 0'],
    [['--instances', '1'], '--instances must be a whole number from 2 to 6, got 1'],
    [['--seed', 'x'], '--seed must be a whole number from 0 to 4294967295, got x'],
    [['--mutant', 'drain'], '--mutant: there is no "drain"; there are no-drain, silent-end'],
  ])('%j is refused', (args, message) => {
    expect(() => parseChaosOptions(args)).toThrow(message);
  });

  it('unknown ones are refused', () => {
    expect(() => parseChaosOptions(['--stream', '1'])).toThrow(/Unknown option '--stream'.*; see --help/);
  });
});
