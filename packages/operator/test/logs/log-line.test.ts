import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLogLine } from '../../src/logs/log-line.ts';
import { parseSince } from '../../src/logs/parse-since.ts';

const AT = Date.parse('2026-01-02T03:04:05.678Z');

describe('a line of a log', () => {
  it('of an agent has its level, message and other fields', () => {
    const text = JSON.stringify({
      level: 40,
      time: AT,
      pid: 1,
      hostname: 'h',
      msg: 'heartbeat was lost',
      phase: 'files',
      err: { message: 'no route' },
    });
    expect(formatLogLine({ at: AT, stream: 'i-1/agent', text })).toBe(
      '03:04:05.678  i-1/agent  warn  heartbeat was lost phase=files err="no route"',
    );
  });

  it('that is no JSON stays as it is', () => {
    expect(formatLogLine({ at: AT, stream: 's', text: '{not json\n' })).toBe('03:04:05.678  s  {not json');
  });

  it('is one line whatever it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const line = formatLogLine({ at: AT, stream: 's', text: JSON.stringify(record) });
        const { msg, message } = record;
        const spoken = [msg, message].find((value) => typeof value === 'string') ?? '';
        expect(line.replace(String(spoken), '')).toMatch(/^03:04:05\.678 {2}s/);
      }),
    );
  });
});

describe('--since', () => {
  const now = new Date(AT);

  it.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('%s is that long ago', (text, ms) => {
    expect(parseSince(text, now).getTime()).toBe(AT - ms);
  });

  it('takes a time', () => {
    expect(parseSince('2026-01-01T00:00:00Z', now).toISOString()).toBe('2026-01-01T00:00:00.000Z');
  });

  it.each(['', '10', 'ten minutes', '-5m', '5 m'])('refuses %j, naming the forms', (text) => {
    expect(() => parseSince(text, now)).toThrow(/must be a time ago such as 30s, 10m, 2h or 1d/);
  });
});
