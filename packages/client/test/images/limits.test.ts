import { describe, expect, it } from 'vitest';
import { type ChatMessage, type ContentPart, countImageTokens, imagePart } from '../../src/index.ts';
import { answerWith, completion } from '../answering-server.ts';
import { recordedImage } from '../recordings.ts';

const small = recordedImage('16x16.png');
const rotated = recordedImage('exif-rotated.jpg');
const asUri = (bytes: Buffer): ContentPart => ({
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${bytes.toString('base64')}` },
});
const ask = (...content: ContentPart[]): ChatMessage[] => [
  { role: 'system', content: 'You see.' },
  { role: 'user', content: [{ type: 'text', text: 'What?' }, ...content] },
];

describe('a request that a fleet would refuse', () => {
  const refused: [string, (part: typeof imagePart) => Promise<ChatMessage[]>, string][] = [
    [
      'a JPEG that EXIF turns',
      async (part) => ask(await part(rotated)),
      '"messages[1].content[1].image_url.url": the JPEG is to be turned by its EXIF orientation (6), which the model server fails on; bake the orientation in before sending',
    ],
    [
      'the same in OpenAI’s form',
      async () => ask(asUri(rotated)),
      '"messages[1].content[1].image_url.url": the JPEG is to be turned by its EXIF orientation (6)',
    ],
    [
      'too many bytes',
      async (part) => ask(await part(recordedImage('1680x2240.png'))),
      'the picture has 18236 bytes, at most 5000 are accepted',
    ],
    [
      'too many pixels',
      async (part) => ask(await part(recordedImage('512x512.png'))),
      'the picture has 512x512 pixels, at most 60000 in all are accepted; the model looks at no more than 1024 a side',
    ],
    [
      'too many pictures',
      async (part) => {
        const picture = await part(small);
        return [...ask(picture, picture), ...ask(picture)];
      },
      'at most 2 pictures may be in one request (set imageLimits.maxImages of the client',
    ],
    [
      'a picture from the assistant',
      async (part) => [{ role: 'assistant', content: [await part(small)] as never }, ...ask()],
      '"messages[0].content[0]": only a user shows pictures, got one from the assistant',
    ],
    [
      'a data URI that is no picture',
      async () => ask(asUri(Buffer.from('hello'))),
      '"messages[1].content[1].image_url.url": not a picture that can be read: expected PNG',
    ],
    [
      'a data URI that is not base64',
      async () => ask({ type: 'image_url', image_url: { url: 'data:image/png;base64,%' } }),
      '"messages[1].content[1].image_url.url": the data URI is not valid base64',
    ],
    [
      'a path as URL',
      async () => ask({ type: 'image_url', image_url: { url: '/etc/cat.png' } }),
      'must be a data:, https:, http: or s3: URL; imagePart makes a picture of a path and anything else',
    ],
    [
      'a URL as string',
      async () => ask({ type: 'image_url', image_url: 'https://example.com/cat.png' } as never),
      '"messages[1].content[1].image_url.url": must be a string, got undefined',
    ],
    [
      'another kind of part',
      async () => ask({ type: 'input_audio' } as never),
      '"messages[1].content[1].type": must be "text" or "image_url", got "input_audio"',
    ],
  ];

  it.each(refused)('for %s is not sent', async (_name, make, message) => {
    const imageLimits = { maxImages: 2, maxImageBytes: 5_000, maxImagePixels: 60_000 };
    const { client, received } = await answerWith(completion('A cat.'), { imageLimits });
    const request = { messages: await make(imagePart) };
    const thrown: unknown = await client.chat.create(request).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'InvalidRequestError', message: expect.stringContaining(message) });
    await expect(client.chat.stream(request)).rejects.toThrow(message);
    expect(received).toEqual([]);
  });

  it('is sent when there are no limits, but for what every server fails on', async () => {
    const { client, received } = await answerWith(completion('A cat.'), { imageLimits: false });
    const picture = await imagePart(small);
    await client.chat.create({ messages: ask(...Array.from({ length: 9 }, () => picture)) });
    expect(received).toHaveLength(1);
    await expect(client.chat.create({ messages: ask(await imagePart(rotated)) })).rejects.toThrow(
      'EXIF orientation',
    );
  });

  it('is sent as it is to a fleet that turns pictures, and counted upright', async () => {
    const { client, sent } = await answerWith(completion('A cat.'), { imageLimits: { acceptsTurned: true } });
    const picture = await imagePart(rotated);
    await client.chat.create({ messages: ask(picture) });
    const url = `data:image/jpeg;base64,${rotated.toString('base64')}`;
    expect(sent().messages).toMatchObject([{}, { content: [{}, { image_url: { url } }] }]);
    const { width = 0, height = 0 } = picture;
    expect(width).not.toBe(height);
    expect(countImageTokens(picture)).toBe(countImageTokens({ width: height, height: width }));
    expect(countImageTokens(picture)).not.toBe(countImageTokens({ width, height }));
  });

  it('keeps the other limits when one is set', async () => {
    const { client } = await answerWith(completion('A cat.'), { imageLimits: { maxImages: 9 } });
    const picture = await imagePart(small);
    await client.chat.create({ messages: ask(...Array.from({ length: 9 }, () => picture)) });
    const huge = Buffer.from(small);
    huge.writeUInt32BE(5_000, 16);
    huge.writeUInt32BE(5_000, 20);
    await expect(client.chat.create({ messages: ask(await imagePart(huge)) })).rejects.toThrow(
      'the picture has 5000x5000 pixels, at most 16777216 in all are accepted',
    );
  });
});

describe('a data URI in OpenAI’s form', () => {
  it('is decoded, checked and written anew with the type that its content has', async () => {
    const { client, sent } = await answerWith(completion('A cat.'));
    const jpeg = recordedImage('wide.jpg');
    await client.chat.create({ messages: ask(asUri(jpeg)) });
    expect(sent().messages).toMatchObject([
      {},
      { content: [{}, { image_url: { url: `data:image/jpeg;base64,${jpeg.toString('base64')}` } }] },
    ]);
  });
});
