import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogQueue } from '../../src/logs/log-queue.ts';
import { BATCH_BYTES, LONGEST_LINE_BYTES, planLogBatch } from '../../src/logs/plan-log-batch.ts';

const bytesOf = (events: ReturnType<typeof planLogBatch>) =>
  events.reduce((sum, { message = '' }) => sum + Buffer.byteLength(message) + 26, 0);

describe('a batch', () => {
  test('holds at most 10,000 lines and 1 MiB, and all lines come in their order', () => {
    const unit = fc.constantFrom('a', 'é', '日', '🙂');
    const line = fc
      .tuple(unit, fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 40_000 })))
      .map(([character, length]) => character.repeat(length));
    fc.assert(
      fc.property(fc.array(line, { size: 'max', maxLength: 60 }), (texts) => {
        const queue = new LogQueue(64 * 1_048_576);
        texts.forEach((text, index) => void queue.push(text, index));
        const messages: (string | undefined)[] = [];
        for (;;) {
          const events = queue.take();
          if (events.length === 0) break;
          expect(bytesOf(events)).toBeLessThanOrEqual(BATCH_BYTES);
          expect(events.length).toBeLessThanOrEqual(10_000);
          messages.push(...events.map(({ message }) => message));
        }
        expect(queue.bytes).toBe(0);
        expect(messages.length).toBe(texts.length);
        texts.forEach((text, index) => {
          if (Buffer.byteLength(text) <= LONGEST_LINE_BYTES) expect(messages[index]).toBe(text || ' ');
        });
      }),
      { numRuns: 20 },
    );
  });

  test('is full at 10,000 short lines', () => {
    const lines = Array.from({ length: 10_001 }, () => ({ timestamp: 1, text: 'x' }));
    expect(planLogBatch(lines)).toHaveLength(10_000);
  });

  test('cuts a line that nobody reads, between characters, and says how long it was', () => {
    const [event] = planLogBatch([{ timestamp: 1, text: '日'.repeat(40_000) }]);
    expect(Buffer.byteLength(event?.message ?? '')).toBeLessThanOrEqual(LONGEST_LINE_BYTES);
    expect(event?.message).toMatch(/^日+ … 120000 bytes in all$/);
  });
});

describe('lines that wait', () => {
  test('are dropped from the oldest when there is no room, and the next batch says how many', () => {
    const queue = new LogQueue(1_000);
    for (let line = 0; line < 100; line++) queue.push(`line ${line}`.padEnd(74), line);
    const messages = queue.take().map(({ message }) => message?.trim());
    expect(messages).toEqual([
      '90 lines dropped: CloudWatch Logs did not take them in time',
      ...Array.from({ length: 10 }, (_, index) => `line ${90 + index}`),
    ]);
    queue.push('later', 200);
    expect(queue.take().map(({ message }) => message)).toEqual(['later']);
  });

  test('never run backwards in time, even when the clock does', () => {
    const queue = new LogQueue(1_000);
    for (const now of [5, 3, 7]) queue.push('x', now);
    expect(queue.take().map(({ timestamp }) => timestamp)).toEqual([5, 5, 7]);
  });
});
