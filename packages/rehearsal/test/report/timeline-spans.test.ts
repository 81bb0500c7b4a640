import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packRows, targetSpans } from '../../src/report/timeline-spans.ts';

const request = fc
  .record({ startMs: fc.nat(1_000), ms: fc.nat(300) })
  .map(({ startMs, ms }) => ({ startMs, endMs: startMs + ms }));

describe('rows of requests', () => {
  it('never let one cover another, and are as few as were running at once', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
        const rows = packRows(requests);
        expect(rows).toHaveLength(requests.length);
        for (const [at, a] of requests.entries()) {
          for (const [other, b] of requests.entries()) {
            if (other <= at || rows[at] !== rows[other]) continue;
            expect(a.endMs <= b.startMs || b.endMs <= a.startMs).toBe(true);
          }
        }
        const busiest = Math.max(
          0,
          ...requests.map(
            ({ startMs }) => requests.filter((one) => one.startMs <= startMs && one.endMs > startMs).length,
          ),
        );
        // Requests without any length need a row too.
        expect(new Set(rows).size).toBeLessThanOrEqual(Math.max(busiest, requests.length > 0 ? 1 : 0) + 1);
      }),
    );
  });
});

describe('spans of target states', () => {
  const change = fc.record({
    atMs: fc.nat(1_000),
    instanceId: fc.constantFrom('i-1', 'i-2'),
    state: fc.constantFrom('initial', 'healthy', 'unhealthy', 'draining', 'gone'),
  });

  it('lie within the timeline and never overlap for one instance', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const spans = targetSpans(changes, 1_000);
        for (const [at, a] of spans.entries()) {
          expect(a.startMs).toBeLessThan(a.endMs);
          expect(a.endMs).toBeLessThanOrEqual(1_000);
          for (const b of spans.slice(at + 1)) {
            if (a.instanceId === b.instanceId)
              expect(a.endMs <= b.startMs || b.endMs <= a.startMs).toBe(true);
          }
        }
      }),
    );
  });

  it('last until the next change or the end, and not at all once gone', () => {
    const spans = targetSpans(
      [
        { atMs: 1, instanceId: 'i-1', state: 'initial' },
        { atMs: 3, instanceId: 'i-1', state: 'healthy' },
        { atMs: 7, instanceId: 'i-1', state: 'gone' },
        { atMs: 5, instanceId: 'i-2', state: 'unhealthy' },
      ],
      10,
    );
    expect(spans.map(({ instanceId, state, startMs, endMs }) => [instanceId, state, startMs, endMs])).toEqual(
      [
        ['i-1', 'initial', 1, 3],
        ['i-1', 'healthy', 3, 7],
        ['i-2', 'unhealthy', 5, 10],
      ],
    );
  });
});
