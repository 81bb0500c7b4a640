import { describe, expect, it } from 'vitest';
import { answerWith, completion } from '../answering-server.ts';
import { recording } from '../recordings.ts';

const messages = [{ role: 'user', content: 'Say hello.' }] as const;
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }] as const;

describe('an answer recorded from vLLM 0.32.0', () => {
  it('has the log-probabilities that were asked for', async () => {
    const { client } = await answerWith(recording(110).response.body);
    const { choices } = await client.chat.create({ messages, logprobs: true, top_logprobs: 2 });
    expect(choices[0].logprobs.map(({ token }) => token)).toEqual(['同時に', ' terre']);
    expect(choices[0].logprobs[0]?.top_logprobs[1]).toMatchObject({ token: ' example' });
    expect(choices[0].logprobs[0]?.logprob).toBeCloseTo(-11.7835);
  });

  it('has the token ids that were asked for', async () => {
    const { client } = await answerWith(recording(112).response.body);
    const { choices, promptTokenIds } = await client.chat.create({ messages, return_token_ids: true });
    expect(choices[0].tokenIds).toEqual([45155, 19942]);
    expect(promptTokenIds).toEqual([1, 3, 67935, 52528, 1046, 4]);
  });

  it('has log-probabilities of the prompt', async () => {
    const { client } = await answerWith(recording(111).response.body);
    const { promptLogprobs } = await client.chat.create({ messages, prompt_logprobs: 1 });
    expect(promptLogprobs?.[0]).toBeNull();
    expect(promptLogprobs?.[1]?.['3']).toMatchObject({ decoded_token: '[INST]', rank: 107342 });
  });

  it('of several choices has them all', async () => {
    const { client } = await answerWith(recording(106).response.body);
    const { choices, text, usage } = await client.chat.create({ messages, n: 2 });
    expect(choices.map(({ index, finishReason }) => [index, finishReason])).toEqual([
      [0, 'length'],
      [1, 'length'],
    ]);
    expect(choices[1]?.text).not.toBe(text);
    expect(usage).toEqual({ prompt_tokens: 6, completion_tokens: 16, total_tokens: 22 });
  });

  it('tells what was counted in detail, where the server does', async () => {
    const { client } = await answerWith(recording(610).response.body);
    const { usage } = await client.chat.create({ messages });
    expect(usage.prompt_tokens_details).toMatchObject({
      cached_tokens: 1024,
      multimodal_tokens: { image: 1056 },
    });
  });
});

describe('an answer', () => {
  it('has the calls of tools', async () => {
    const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } };
    const { client } = await answerWith(
      completion('', {
        finish_reason: 'tool_calls',
        message: { role: 'assistant', content: null, tool_calls: [call] },
      }),
    );
    const { choices } = await client.chat.create({ messages, tools, tool_choice: 'required' });
    expect(choices[0]).toMatchObject({ text: '', finishReason: 'tool_calls', toolCalls: [call] });
  });

  it.each([['required' as const], [{ type: 'function', function: { name: 'weather' } } as const]])(
    'without the call that was demanded by %j is an error',
    async (tool_choice) => {
      const { client } = await answerWith(completion('It is sunny.'));
      await expect(client.chat.create({ messages, tools, tool_choice })).rejects.toThrow(
        'the model was to call a tool and answered "It is sunny.": the server must run with --enable-auto-tool-choice',
      );
    },
  );

  it('without what was asked for is an error', async () => {
    const { client } = await answerWith(completion('Hello'));
    await expect(client.chat.create({ messages, logprobs: true })).rejects.toThrow(
      '"logprobs" was asked for',
    );
    await expect(client.chat.create({ messages, return_token_ids: true })).rejects.toThrow(
      '"return_token_ids" was asked for',
    );
  });

  it('that is no answer is an error', async () => {
    const { client } = await answerWith({ choices: [] });
    await expect(client.chat.create({ messages })).rejects.toThrow(
      'expected a JSON object, got "{\\"choices\\":[]}"',
    );
  });
});
