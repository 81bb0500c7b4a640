import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConnectionEnd, judgeAttempt, StreamReading } from '../../src/chaos/load/stream-reading.ts';

const EXPECTED = '1, 2, 3, 4';
const COMPLETE: ConnectionEnd = { kind: 'complete' };
const BROKEN: ConnectionEnd = { kind: 'error', message: 'ECONNRESET: aborted' };

const delta = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: null }] })}\n\n`;
const finish = (reason: string) =>
  `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: reason }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';
const WHOLE = [delta('1, 2'), ': keep-alive\n\n', delta(', 3, 4'), finish('stop'), DONE].join('');

function read(text: string): StreamReading {
  const reading = new StreamReading();
  reading.push(Buffer.from(text));
  return reading;
}

function outcome(text: string, end: ConnectionEnd = COMPLETE, status: number | undefined = 200): string {
  return judgeAttempt({ status, reading: read(text), expected: EXPECTED, end }).outcome;
}

describe('how an attempt ended', () => {
  it('is whole with all of the text, its reason and its end', () => {
    expect(outcome(WHOLE)).toBe('whole');
    // Whatever comes after [DONE] takes nothing away from the client.
    expect(outcome(WHOLE, BROKEN)).toBe('whole');
  });

  it('is whole however the bytes were cut into pieces', () => {
    const bytes = Buffer.from(WHOLE);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
        const reading = new StreamReading();
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        for (const [index, from] of places.entries()) reading.push(bytes.subarray(from, places[index + 1]));
        expect(judgeAttempt({ status: 200, reading, expected: EXPECTED, end: COMPLETE }).outcome).toBe(
          'whole',
        );
        expect(reading.bytes).toBe(bytes.length);
      }),
      { numRuns: 200 },
    );
  });

  it('is silent when a frame is missing and the message is complete, whichever frame it is', () => {
    const frames = [delta('1, 2'), delta(', 3, 4'), finish('stop'), DONE];
    for (const missing of frames)
      expect(outcome(frames.filter((frame) => frame !== missing).join(''))).toBe('silent');
    expect(outcome('')).toBe('silent');
  });

  it('is silent when other text came than was asked for, told or not', () => {
    expect(outcome(delta('1, 3'))).toBe('silent');
    expect(outcome(delta('1, 3'), BROKEN)).toBe('silent');
    expect(outcome(WHOLE.replace('3, 4', '3, 4, 5'))).toBe('silent');
  });

  it('is silent when the model server gave it up without an error', () => {
    expect(outcome(delta('1, 2') + finish('abort') + DONE)).toBe('silent');
  });

  it('is silent when frames are none of the API', () => {
    expect(outcome('data: {half\n\n')).toBe('silent');
    expect(outcome('<html>\n\n')).toBe('silent');
  });

  it('is told by an error frame, and by a connection that breaks off', () => {
    expect(outcome(`${delta('1')}data: {"error":{"message":"died"}}\n\n${DONE}`)).toBe('told');
    expect(outcome(delta('1, 2'), BROKEN)).toBe('told');
  });

  it('is refused by a status, and where no answer came', () => {
    expect(outcome('', COMPLETE, 503)).toBe('refused');
    expect(
      judgeAttempt({ status: undefined, reading: read(''), expected: EXPECTED, end: BROKEN }).outcome,
    ).toBe('refused');
  });

  it('is the client’s own doing when nothing came for too long', () => {
    const silence: ConnectionEnd = { kind: 'silence', ms: 20_000 };
    expect(outcome(delta('1, 2'), silence)).toBe('own-limit');
    expect(
      judgeAttempt({ status: undefined, reading: read(''), expected: EXPECTED, end: silence }).outcome,
    ).toBe('own-limit');
  });
});
