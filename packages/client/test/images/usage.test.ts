import { describe, expect, it } from 'vitest';
import { countImageTokens, imagePart } from '../../src/index.ts';
import { answerWith, completion } from '../answering-server.ts';
import { recordedImage, recording } from '../recordings.ts';

describe('the tokens of pictures', () => {
  it.each([
    [202, ['1x1.png']],
    [204, ['17x16.png']],
    [206, ['224x224.png']],
    [207, ['512x512.png']],
    [208, ['640x480.png']],
    [209, ['1024x1024.png']],
    [210, ['1025x1024.png']],
    [211, ['1680x2240.png']],
    [212, ['4000x3000.png']],
    [213, ['16x2000.png']],
    [214, ['2048x33.png']],
    [215, ['1x4000.png']],
    [219, ['wide.jpg']],
    [220, ['wide.webp']],
    [221, ['animated.gif']],
    [223, ['gray-16bit.png']],
  ])('are those that vLLM counted in recording %i', async (number, names) => {
    const textOnly = recording(201).response.body as { usage: { prompt_tokens: number } };
    const recorded = recording(number).response.body as { usage: { prompt_tokens: number } };
    const pictures = await Promise.all(names.map((name) => imagePart(recordedImage(name))));
    const counted = pictures.reduce((sum, picture) => sum + countImageTokens(picture), 0);
    expect(textOnly.usage.prompt_tokens + counted).toBe(recorded.usage.prompt_tokens);
  });

  it('of a size are counted alike, and of no size not at all', () => {
    expect(countImageTokens({ width: 512, height: 512 })).toBe(1056);
    expect(() => countImageTokens({ width: 0, height: 5 })).toThrow(
      'picture sides must be positive whole numbers, got 0x5',
    );
  });
});

describe('usage', () => {
  const ask = async (answer: object | string, options: object = { checkUsage: true }) => {
    const picture = await imagePart(recordedImage('512x512.png'));
    const { client } = await answerWith(answer, options);
    return { client, request: { messages: [{ role: 'user' as const, content: [picture] }] } };
  };
  const counted = (image: number) => ({ prompt_tokens_details: { multimodal_tokens: { image } } });

  it('as foreseen passes', async () => {
    const { client, request } = await ask(recording(610).response.body);
    expect((await client.chat.create(request)).usage.prompt_tokens).toBe(1062);
  });

  it.each([
    [
      'fewer tokens in all than the picture has',
      { prompt_tokens: 1056 },
      'and the server counted 1056 for the whole prompt',
    ],
    [
      'other tokens for pictures',
      { prompt_tokens: 1062, ...counted(1055) },
      'and the server counted 1055 for them',
    ],
  ])('with %s throws', async (_name, usage, message) => {
    const { client, request } = await ask(completion('A cat.', {}, usage));
    await expect(client.chat.create(request)).rejects.toMatchObject({
      name: 'UsageMismatchError',
      message: expect.stringContaining(`1 pictures take 1056 tokens, ${message}`),
      predictedImageTokens: 1056,
    });
  });

  it('of a stream is checked too', async () => {
    const frames = [
      { choices: [{ index: 0, delta: { content: 'A cat.' }, finish_reason: 'stop' }] },
      { choices: [], usage: { prompt_tokens: 900, total_tokens: 905, completion_tokens: 5 } },
    ];
    const body = `${frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join('')}data: [DONE]\n\n`;
    const { client, request } = await ask(body);
    await expect((await client.chat.stream(request)).text()).rejects.toMatchObject({
      name: 'UsageMismatchError',
    });
  });

  it.each([
    ['unless it is to be', {}, {}],
    ['where the prompt was cut', { checkUsage: true }, { truncate_prompt_tokens: 100 }],
  ])('is not checked %s', async (_name, options, fields) => {
    const { client, request } = await ask(completion('A cat.', {}, { prompt_tokens: 100 }), options);
    await client.chat.create({ ...request, ...fields });
  });
});
