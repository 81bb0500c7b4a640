import { describe, expect, it } from 'vitest';
import { createLineFilter, filterPatternOf } from '../../src/logs/line-filter.ts';
import type { LogLine } from '../../src/logs/log-line.ts';

const line = (stream: string, text: string | object): LogLine => ({
  at: 0,
  stream,
  text: typeof text === 'string' ? text : JSON.stringify(text),
});

const ENDED = line('i-1/agent', { level: 30, reqId: 'order-1', traceId: 'abc', msg: 'request ended' });
const OTHER = line('i-1/agent', { level: 30, reqId: 'order-11', msg: 'request ended' });
const ENGINE = line('i-1/engine', {
  level: 30,
  source: 'engine',
  msg: 'Received request chatcmpl-order-1-9f: …',
});
const FAILED = line('i-1/engine', {
  level: 30,
  msg: '(EngineCore pid=9) ERROR 11-28 07:00:00 [core.py:718] out of memory',
});

describe('--request', () => {
  it('is every line of that request, at agent and model server, and no other', () => {
    const lines = [ENDED, OTHER, ENGINE, FAILED];
    expect(lines.filter(createLineFilter({ request: 'order-1' }))).toEqual([ENDED, ENGINE]);
    expect(lines.filter(createLineFilter({ request: 'abc' }))).toEqual([ENDED]);
  });

  it('is asked of CloudWatch too, unless lines of boot phases are needed', () => {
    expect(filterPatternOf({ request: 'order-1' })).toBe('"order-1"');
    expect(filterPatternOf({ request: 'order-1', phase: 'gate' })).toBeUndefined();
    expect(filterPatternOf({})).toBeUndefined();
  });

  it.each(['', 'a b', '"', 'x'.repeat(129)])('refuses %j, which no request can have', (request) => {
    expect(() => createLineFilter({ request })).toThrow(
      /--request must be 1 to 128 letters, digits or _\.:-/,
    );
  });
});

describe('--level', () => {
  it('is that level or worse, by what the model server says too', () => {
    const warning = line('i-1/agent', { level: 40, msg: 'heartbeat was lost' });
    const lambda = line('s', { level: 'ERROR', message: 'no' });
    const raw = line('i-1/engine', 'WARNING 11-28 07:00:00 [x.py:1] slow');
    const lines = [ENDED, warning, ENGINE, FAILED, lambda, raw, line('s', 'plain')];
    expect(lines.filter(createLineFilter({ level: 'warn' }))).toEqual([warning, FAILED, lambda, raw]);
    expect(lines.filter(createLineFilter({ level: 'error' }))).toEqual([FAILED, lambda]);
    expect(lines.filter(createLineFilter({ level: 'info' }))).toEqual(lines);
  });

  it('refuses a name that is none', () => {
    expect(() => createLineFilter({ level: 'loud' })).toThrow(
      '--level must be one of trace, debug, info, warn, error, fatal, got "loud"',
    );
  });
});

it('--phase is what an instance wrote until it told of the next phase', () => {
  const begins = (instance: string, phase: string) =>
    line(`${instance}/agent`, { level: 30, phase, msg: 'x' });
  const early = line('i-1/engine', 'too early');
  const wanted = [begins('i-1', 'gate'), line('i-1/engine', 'asked')];
  const lines = [
    ...[early, begins('i-1', 'files'), begins('i-2', 'files'), ...wanted],
    ...[line('i-2/engine', 'of another'), begins('i-1', 'in-service'), line('i-1/agent', 'later')],
  ];
  expect(lines.filter(createLineFilter({ phase: 'gate' }))).toEqual(wanted);
});
