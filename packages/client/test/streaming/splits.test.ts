import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ChatStreamEvent } from '../../src/index.ts';
import { openClient } from '../open-client.ts';

const ASK = { messages: [{ role: 'user', content: 'Hi' }] } as const;

it('events are the same, wherever the bytes are cut and whatever stands between them', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('🦜', 'ß', '\r\n', 'data: x\n\n', '\u2028'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
      async (texts, newline, comments, cuts) => {
        const frames = [...texts.map((content) => frame(content, null)), frame('', 'stop'), '[DONE]'];
        const comment = comments ? `: keep-alive${newline}${newline}` : '';
        const bytes = Buffer.from(
          frames.map((data) => `${comment}data: ${data}${newline}${newline}`).join(''),
        );
        const places = [...new Set(cuts.map((cut) => Math.floor(cut * bytes.length)))].sort((a, b) => a - b);
        const { client } = await openClient(async (exchange) => {
          exchange.beginStream();
          let from = 0;
          for (const to of [...places, bytes.length]) {
            await exchange.sendRaw(bytes.subarray(from, to));
            from = to;
          }
          await exchange.end();
        });
        const events: ChatStreamEvent[] = [];
        for await (const event of await client.chat.stream(ASK)) events.push(event);
        expect(events).toEqual([
          ...texts
            .filter((part) => part !== '')
            .map((part) => ({ type: 'text-delta', text: part, index: 0 })),
          { type: 'finish', reason: 'stop', stopReason: undefined, index: 0 },
        ]);
      },
    ),
    { numRuns: 60 },
  );
});

function frame(content: string, finish: string | null): string {
  return JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] });
}
