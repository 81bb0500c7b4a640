import { describe, expect, expectTypeOf, it } from 'vitest';
import type { AskOptions } from '../../src/index.ts';
import { answerWith, completion } from '../answering-server.ts';
import { recordedImage, recording } from '../recordings.ts';

const png = recordedImage('16x16.png');
const part = { type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } };

describe('a question', () => {
  it('about a picture is one message, answered greedily with at most 512 tokens', async () => {
    const { client, sent } = await answerWith(completion('A cat.'));
    const answer = await client.ask(png, 'What is it?');
    expectTypeOf(answer).toEqualTypeOf<string>();
    expect(answer).toBe('A cat.');
    expect(sent()).toEqual({
      model: 'pixtral-12b',
      messages: [{ role: 'user', content: [part, { type: 'text', text: 'What is it?' }] }],
      max_tokens: 512,
      temperature: 0,
    });
  });

  it('about several pictures has them in order, and takes fields and options', async () => {
    const { client, sent, received } = await answerWith(completion('Two cats.'));
    const options: AskOptions = {
      ...{ system: 'Be brief.', model: 'other', max_tokens: 5, temperature: 0.5, top_k: 3, stop: ['.'] },
      ...{ headers: { 'x-team': 'blue' }, timeoutMs: 10_000, unchecked: { warp: 9 } },
    };
    await client.ask([png, recordedImage('wide.jpg'), png], 'Which?', options);
    expect(sent()).toMatchObject({
      model: 'other',
      max_tokens: 5,
      temperature: 0.5,
      top_k: 3,
      stop: ['.'],
      warp: 9,
    });
    const messages = sent().messages as { role: string; content: unknown }[];
    expect(messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    expect(messages[1]?.content).toEqual([
      part,
      { type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/jpeg/) } },
      part,
      { type: 'text', text: 'Which?' },
    ]);
    expect(received[0]?.headers).toMatchObject({ 'x-team': 'blue' });
  });

  it('prepares its pictures when told to', async () => {
    const { client, sent } = await answerWith(completion('A cat.'));
    await expect(client.ask(recordedImage('exif-rotated.jpg'), 'What?')).rejects.toThrow('EXIF orientation');
    await client.ask(recordedImage('exif-rotated.jpg'), 'What?', { prepare: {} });
    expect(JSON.stringify(sent())).toContain('data:image/jpeg;base64,');
  });

  it('with an option that is none is refused', async () => {
    const { client } = await answerWith(completion('A cat.'));
    // @ts-expect-error: misspelt
    await expect(client.ask(png, 'What?', { maxTokens: 5 })).rejects.toThrow('did you mean "max_tokens"?');
  });
});

describe('models', () => {
  it('are listed, and one is found', async () => {
    const { client } = await answerWith(recording(4).response.body);
    const model = { id: 'pixtral-12b', maxModelLen: 16_384 };
    expect(await client.models.list()).toEqual([model]);
    expect(await client.models.retrieve('pixtral-12b')).toEqual(model);
    await expect(client.models.retrieve('gpt')).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message: 'no model "gpt" is served; served: "pixtral-12b"',
    });
  });
});
