import { describe, expect, it } from 'vitest';
import type { ChatStreamEvent } from '../../src/index.ts';
import { answerWith } from '../answering-server.ts';
import { recording } from '../recordings.ts';

const messages = [{ role: 'user', content: 'Say hello.' }] as const;

describe('a stream recorded from vLLM 0.32.0', () => {
  it('tells usage at last', async () => {
    const { client } = await answerWith(replay(402));
    const events = await all(await client.chat.stream({ messages }));
    expect(events.map(({ type }) => type).slice(-2)).toEqual(['finish', 'usage']);
    expect(events.at(-1)).toMatchObject({
      usage: { prompt_tokens: 6, completion_tokens: 8, total_tokens: 14 },
    });
  });

  it('tells log-probabilities before the text that they are of', async () => {
    const { client } = await answerWith(replay(405));
    const events = await all(await client.chat.stream({ messages, logprobs: true, top_logprobs: 1 }));
    expect(events.map(({ type }) => type)).toEqual([
      ...['logprobs', 'text-delta', 'logprobs', 'text-delta', 'finish'],
    ]);
    expect(events[0]).toMatchObject({ tokens: [{ token: '同時に' }], index: 0 });
    const { client: again } = await answerWith(replay(405));
    const { choices } = await (await again.chat.stream({ messages, logprobs: true })).final();
    expect(choices[0].logprobs.map(({ token }) => token)).toEqual(['同時に', ' terre']);
  });

  it('tells token ids, of the prompt once', async () => {
    const { client } = await answerWith(replay(406));
    const stream = await client.chat.stream({ messages, return_token_ids: true });
    const { text, choices, promptTokenIds, finishReason } = await stream.final();
    expect(text).toBe('同時に terreвіка');
    expect(choices[0].tokenIds).toEqual([45155, 19942, 116406]);
    expect(promptTokenIds).toEqual([1, 3, 67935, 52528, 1046, 4]);
    expect(finishReason).toBe('length');
  });

  it('tells of tokens that make no text yet, without an empty text', async () => {
    const { client } = await answerWith(replay(409));
    const events = await all(await client.chat.stream({ messages, logprobs: true, return_token_ids: true }));
    expect(events.filter(({ type }) => type === 'token-ids')).toHaveLength(8);
    expect(events.filter((event) => event.type === 'text-delta' && event.text === '')).toEqual([]);
  });

  it('keeps choices apart that come in turns', async () => {
    const { client } = await answerWith(replay(404));
    const stream = await client.chat.stream({ messages, n: 2 });
    const { text, choices } = await stream.final();
    expect(choices).toHaveLength(2);
    expect(choices[0].text).toBe(text);
    expect(choices.map(({ index }) => index)).toEqual([0, 1]);
    for (const choice of choices) expect(choice.text).toBe(textOf(404, choice.index));
  });
});

describe('a stream', () => {
  it('of tool calls gives their parts, and the whole calls at last', async () => {
    const part = (index: number, of: object, more: object = {}) =>
      frame({
        choices: [
          { index: 0, delta: { tool_calls: [{ index, ...more, function: of }] }, finish_reason: null },
        ],
      });
    const body = [
      part(0, { name: 'weather', arguments: '' }, { id: 'c0', type: 'function' }),
      part(0, { arguments: '{"city":' }),
      part(1, { name: 'time', arguments: '{}' }, { id: 'c1', type: 'function' }),
      part(0, { arguments: '"Rome"}' }),
      frame({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
      'data: [DONE]\n\n',
    ].join('');
    const { client } = await answerWith(body);
    const { choices, finishReason } = await (await client.chat.stream({ messages })).final();
    expect(finishReason).toBe('tool_calls');
    expect(choices[0].toolCalls).toEqual([
      { id: 'c0', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
      { id: 'c1', type: 'function', function: { name: 'time', arguments: '{}' } },
    ]);
    const { client: again } = await answerWith(body);
    expect((await all(await again.chat.stream({ messages })))[0]).toEqual({
      type: 'tool-call-delta',
      toolIndex: 0,
      id: 'c0',
      name: 'weather',
      arguments: '',
      index: 0,
    });
  });

  it('in which a choice is missing is incomplete', async () => {
    const body = `${frame({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] })}data: [DONE]\n\n`;
    const { client } = await answerWith(body);
    await expect((await client.chat.stream({ messages, n: 2 })).final()).rejects.toMatchObject({
      name: 'IncompleteStreamError',
      partialText: 'Hi',
    });
  });

  it('names the stop text that ended it', async () => {
    const body = `${frame({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop', stop_reason: '!' }] })}data: [DONE]\n\n`;
    const { client } = await answerWith(body);
    const { choices } = await (await client.chat.stream({ messages, stop: '!' })).final();
    expect(choices[0].stopReason).toBe('!');
  });
});

async function all(stream: AsyncIterable<ChatStreamEvent>): Promise<ChatStreamEvent[]> {
  const events: ChatStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function frame(data: unknown): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

function replay(number: number): string {
  return (recording(number).response.sse ?? []).map(({ data }) => frame(data)).join('');
}

/** The text of one choice, put together without the client. */
function textOf(number: number, index: number): string {
  const frames = (recording(number).response.sse ?? []) as {
    data: { choices?: { index: number; delta: { content?: string } }[] };
  }[];
  return frames
    .flatMap(({ data }) => data.choices ?? [])
    .filter((choice) => choice.index === index)
    .map(({ delta }) => delta.content ?? '')
    .join('');
}
