import { imagePart } from '@pixtral-fleet/client';
import type { Check } from '../check.ts';
import { CheckFailure } from '../errors.ts';
import { generateQuestion } from '../seeing/generate-questions.ts';

/** A streamed answer about a picture arrives whole: text, a finish reason, and what it cost. */
export const streamedCompletion: Check = {
  name: 'streamed completion with usage',
  deadlineMs: 90_000,
  advice:
    'something on the way holds back or cuts event streams: compare the idle timeouts of balancer and gateway',
  async run({ client, random, signal }) {
    const { question, picture } = generateQuestion('colour', random);
    const began = performance.now();
    const stream = await client.chat.stream(
      {
        messages: [{ role: 'user', content: [await imagePart(picture), { type: 'text', text: question }] }],
        max_tokens: 32,
        temperature: 0,
      },
      { signal },
    );
    const { text, finishReason, usage } = await stream.final();
    const ms = Math.round(performance.now() - began);
    if (text.trim() === '') throw new CheckFailure(`the stream held no text (finish reason ${finishReason})`);
    if (!COMPLETE.has(finishReason)) {
      throw new CheckFailure(`finish reason ${JSON.stringify(finishReason)} after ${JSON.stringify(text)}`);
    }
    if (!usage || usage.prompt_tokens < 1 || usage.completion_tokens < 1) {
      throw new CheckFailure(`no usage at the end of the stream, got ${JSON.stringify(usage ?? null)}`);
    }
    return `${JSON.stringify(text)}, finish reason ${finishReason}, ${usage.prompt_tokens} + ${usage.completion_tokens} tokens in ${ms} ms`;
  },
};

/** Anything else, such as vLLM's "abort", is no answer. */
const COMPLETE: ReadonlySet<string> = new Set(['stop', 'length']);
