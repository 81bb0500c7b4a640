import type { Check } from '../check.ts';
import { CheckFailure } from '../errors.ts';
import { pick } from '../seeing/random.ts';

/** Ordinary words that a model says back without thinking. */
const WORDS = ['harbour', 'lantern', 'meadow', 'violin', 'copper', 'orchard', 'thunder', 'velvet'];

/** The model talks, and says what it was asked to say. */
export const textCompletion: Check = {
  name: 'text completion',
  deadlineMs: 90_000,
  advice: 'the model answers nonsense or not at all: look at the engine’s log and at the checkpoint’s flags',
  async run({ client, random, signal }) {
    const word = pick(random, WORDS);
    const { text, usage } = await client.chat.create(
      {
        messages: [{ role: 'user', content: `Reply with the word "${word}".` }],
        max_tokens: 32,
        temperature: 0,
      },
      { signal },
    );
    if (!text.toLowerCase().includes(word)) {
      throw new CheckFailure(`asked for the word "${word}", answered ${JSON.stringify(text)}`);
    }
    return `answered ${JSON.stringify(text)} in ${usage.completion_tokens} tokens`;
  },
};
