import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countImageTokens, type ImageInput, imagePart } from '../../src/index.ts';
import { answerWith, completion } from '../answering-server.ts';
import { recordedImage } from '../recordings.ts';
import { servePictures } from './serve-pictures.ts';

const png = recordedImage('512x512.png');
const uri = `data:image/png;base64,${png.toString('base64')}`;

describe('a picture', () => {
  it.each<[string, () => ImageInput | Promise<ImageInput>]>([
    ['a Buffer', () => png],
    [
      'a part of a larger buffer',
      () => new Uint8Array([...new Uint8Array(7), ...png, 9]).subarray(7, 7 + png.length),
    ],
    ['an ArrayBuffer', () => new Uint8Array(png).buffer],
    ['a Blob', () => new Blob([new Uint8Array(png)])],
    ['a File of a wrong type', () => new File([new Uint8Array(png)], 'cat.jpg', { type: 'image/jpeg' })],
    ['a web stream', () => new Blob([new Uint8Array(png)]).stream()],
    ['a path', () => file('a cat.txt', png)],
    ['a file: URL', async () => pathToFileURL(await file('a#cat.png', png))],
    ['a file: URL as string', async () => pathToFileURL(await file('ä cat.png', png)).href],
    ['a Node stream', async () => createReadStream(await file('cat.png', png), { highWaterMark: 100 })],
    ['a data URI of a wrong type', () => uri.replace('image/png', 'image/jpeg')],
    ['a data: URL object', () => new URL(uri)],
    [
      'an http URL',
      async () => new URL('/cat.png?signature=s3cret', await servePictures({ '/cat.png': png })),
    ],
    ['an http URL that redirects', async () => `${await servePictures({ '/cat.png': png })}/moved/cat.png`],
    ['a Picture', () => imagePart(png)],
  ])('from %s is sent as the same bytes with its own type', async (_name, make) => {
    const { client, sent } = await answerWith(completion('A cat.'));
    const picture = await imagePart(await make());
    expect(picture).toMatchObject({
      mediaType: 'image/png',
      width: 512,
      height: 512,
      byteLength: png.length,
    });
    expect(countImageTokens(picture)).toBe(1056);
    await client.chat.create({ messages: [{ role: 'user', content: [picture] }] });
    expect(sent().messages).toEqual([
      { role: 'user', content: [{ type: 'image_url', image_url: { url: uri } }] },
    ]);
  });

  it.each([
    ['16x16.png', 'image/png'],
    ['animated.gif', 'image/gif'],
    ['wide.jpg', 'image/jpeg'],
    ['wide.webp', 'image/webp'],
  ])('%s is known by its content', async (name, mediaType) => {
    expect(await imagePart(recordedImage(name))).toMatchObject({ mediaType });
  });

  it('in a bucket is for the fleet to read', async () => {
    const { client, sent } = await answerWith(completion('A cat.'));
    await client.ask('s3://pictures/cat.png', 'What?');
    expect(sent().messages).toMatchObject([
      { content: [{ image_url: { url: 's3://pictures/cat.png' } }, {}] },
    ]);
  });

  it('by reference is sent as URL, and has no size', async () => {
    const { client, sent } = await answerWith(completion('A cat.'));
    const picture = await imagePart('https://example.com/cat.png', { byReference: true });
    await client.chat.create({ messages: [{ role: 'user', content: [picture] }] });
    expect(sent().messages).toMatchObject([
      { content: [{ image_url: { url: 'https://example.com/cat.png' } }] },
    ]);
    expect(() => countImageTokens(picture)).toThrow('the size of a picture by URL is not known');
  });

  it.each<[string, () => ImageInput | Promise<ImageInput>, string]>([
    [
      'bytes of text',
      () => Buffer.from('hello'),
      'the given bytes cannot be sent: not a picture that can be read: expected PNG',
    ],
    [
      'no bytes',
      () => new Uint8Array(),
      'the given bytes cannot be sent: not a picture that can be read: the picture has zero bytes',
    ],
    [
      'a TIFF',
      () => recordedImage('small.tiff'),
      'expected PNG, JPEG, WebP or GIF, got bytes that begin with',
    ],
    ['a File of text', () => new File(['hello'], 'cat.png'), 'cat.png cannot be sent: not a picture'],
    [
      'a data URI without base64',
      () => 'data:image/png,abc',
      'the given data URI cannot be sent: a data URI must be base64',
    ],
    ['a broken data URI', () => 'data:image/png;base64,@@@@', 'the data URI is not valid base64'],
    [
      'an ftp: URL',
      () => 'ftp://example.com/cat.png',
      'expected a path or a file:, http:, https:, s3: or data: URL of a picture, got "ftp:',
    ],
    [
      'a stream of text',
      () => createReadStream(import.meta.filename, 'utf8') as never,
      'the given stream must give bytes (Uint8Array), got string',
    ],
    [
      'something else',
      () => 5 as never,
      'a picture must be bytes, a Blob, a stream, a path or a URL, got number',
    ],
    [
      'an http URL of a page',
      async () => `${await servePictures({ '/': Buffer.from('<html>') })}/`,
      'not a picture that can be read',
    ],
    [
      'an http URL of nothing',
      async () => `${await servePictures({})}/cat.png?key=s3cret`,
      '/cat.png answered 404 instead of a picture',
    ],
  ])('from %s is refused', async (_name, make, message) => {
    const thrown = await imagePart(await make()).then(String, (error: Error) => error);
    expect(thrown).toMatchObject({ name: 'InvalidRequestError', message: expect.stringContaining(message) });
    expect(String(thrown)).not.toContain('s3cret');
  });

  it('from a file that is not there fails with the reason of the system', async () => {
    await expect(imagePart('no-such-file.png')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('that is too long is not read to its end', async () => {
    let given = 0;
    async function* endless() {
      for (;;) {
        given++;
        yield new Uint8Array(1_000);
      }
    }
    await expect(imagePart(endless(), { maxBytes: 5_000 })).rejects.toThrow(
      'the given stream has more than 5000 bytes',
    );
    expect(given).toBe(6);
    const url = `${await servePictures({ '/cat.png': png })}/cat.png`;
    await expect(imagePart(url, { maxBytes: 10 })).rejects.toThrow('/cat.png has more than 10 bytes');
    await expect(imagePart(new Blob([new Uint8Array(png)]), { maxBytes: 10 })).rejects.toThrow(
      'more than 10 bytes',
    );
  });

  it('that cannot be loaded is a ConnectionError, and an AbortError when the caller aborts', async () => {
    const base = await servePictures({ '/hangs': 'hangs' });
    await expect(imagePart(`${base}/hangs`, { timeoutMs: 50 })).rejects.toMatchObject({
      name: 'ConnectionError',
      retryable: true,
      message: `${base}/hangs could not be loaded: not within 50 ms`,
    });
    await expect(imagePart(`${base}/hangs`, { signal: AbortSignal.abort('enough') })).rejects.toMatchObject({
      name: 'AbortError',
      cause: 'enough',
    });
    await expect(imagePart('http://127.0.0.1:1/cat.png')).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  it('is never anything but a picture or this client’s error, whatever the string', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `data:image/png;base64,${text}`),
        ),
        async (text) => {
          const thrown: unknown = await imagePart(text).catch((error: unknown) => error);
          const expected =
            thrown instanceof Error && (thrown.name === 'InvalidRequestError' || 'code' in thrown);
          expect(expected).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'picture-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
