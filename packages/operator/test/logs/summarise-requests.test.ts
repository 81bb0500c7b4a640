import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summariseRequests } from '../../src/logs/summarise-requests.ts';

const ended = (fields: object, stream = 'i-1/agent') => ({
  at: 0,
  stream,
  text: JSON.stringify({ level: 30, msg: 'request ended', ...fields }),
});

describe('a summary of requests', () => {
  it('counts statuses, refusals by reason, keys, and what was asked and answered', () => {
    const summary = summariseRequests([
      ended({
        status: 200,
        key: 'a',
        images: 2,
        imageTokens: 300,
        answerTokens: 20,
        totalMs: 900,
        sentMs: 10,
      }),
      ended({ status: 200, key: 'a', totalMs: 500, sentMs: 20, firstTokenMs: 200 }, 'i-2/agent'),
      ended({ status: 429, key: 'b', refused: 'late', totalMs: 2, imageTokens: 50 }),
      ended({ status: 429, key: 'b', refused: 'full', totalMs: 3 }),
      ended({ status: 429, key: 'a', totalMs: 1 }),
      ended({ clientLeft: true, totalMs: 4_000 }),
      { at: 0, stream: 'i-1/agent', text: '{"msg":"in service","status":500}' },
      { at: 0, stream: 'i-1/engine', text: 'request ended' },
    ]);
    expect(summary).toEqual({
      requests: 6,
      statuses: { 200: 2, 429: 3, none: 1 },
      refusals: { full: 1, late: 1 },
      clientsLeft: 1,
      firstToken: { count: 1, p50: 200, p95: 200, most: 200 },
      place: { count: 2, p50: 20, p95: 20, most: 20 },
      total: { count: 6, p50: 500, p95: 4_000, most: 4_000 },
      images: 2,
      imageTokens: 350,
      answerTokens: 20,
      keys: [
        { name: 'a', requests: 3, refused: 1, imageTokens: 300, answerTokens: 20 },
        { name: 'b', requests: 2, refused: 2, imageTokens: 50, answerTokens: 0 },
        { name: '(none)', requests: 1, refused: 0, imageTokens: 0, answerTokens: 0 },
      ],
      instances: ['i-1', 'i-2'],
    });
  });

  it('adds up whatever the lines are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), fc.string())), (values) => {
        const lines = values.map((value) => ({ at: 0, stream: 's', text: JSON.stringify(value) }));
        expect(summariseRequests(lines).requests).toBeLessThanOrEqual(lines.length);
      }),
      { numRuns: 50 },
    );
  });
});
