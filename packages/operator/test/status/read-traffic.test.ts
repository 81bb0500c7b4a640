import { describe, expect, it } from 'vitest';
import { describeTraffic, type Values } from '../../src/status/read-traffic.ts';

const valuesOf =
  (values: Readonly<Record<string, readonly number[]>>): Values =>
  (id, stat) =>
    values[`${id} ${stat}`] ?? [];

describe('what a fleet publishes', () => {
  it('is added up over its minutes, but for percentiles, of which the slowest minute counts', () => {
    const recent = valuesOf({
      'requests Sum': [30, 60, 60],
      'requestsRefused Sum': [0, 4],
      'refusedLate Sum': [1, 1],
      'refusedFull Sum': [2],
      'serverErrors Sum': [0],
      'answerTokens Sum': [600, 2_400],
      'timeToFirstToken p95': [900, 2_500, 700],
      'load Average': [40, 60],
      'load Maximum': [90, 130],
    });
    const events = valuesOf({
      'gateFailed Sum': [1, 0, 1],
      'drains Sum': [2],
      'drainCutRequests Sum': [0],
      'engineHangs Sum': [1],
      'gateScore Minimum': [100, 25],
      'bootDuration Maximum': [61, 95],
    });
    expect(describeTraffic(recent, events)).toEqual({
      recentSeconds: 300,
      recent: {
        requests: 0.5,
        tooMany: 4,
        refusals: { late: 2, overdue: 0, full: 2 },
        serverErrors: 0,
        firstTokenP95: 2_500,
        tokens: 10,
        load: { average: 50, most: 130 },
      },
      eventHours: 24,
      events: {
        ...{ gateFailed: 2, bootFailed: 0, engineRestarts: 0, engineHangs: 1 },
        ...{ drains: 2, drainCutRequests: 0, worstGate: 25, slowestBoot: 95 },
      },
    });
  });

  it('is absent, not zero, where nothing is published', () => {
    const { recent, events } = describeTraffic(valuesOf({}), valuesOf({}));
    expect(Object.values(recent).every((value) => value === undefined)).toBe(true);
    expect(events).toMatchObject({ gateFailed: 0, worstGate: undefined });
  });
});
