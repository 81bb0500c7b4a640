import { describe, expect, it } from 'vitest';
import { CHAT, errorOf, useGateway, WHOLE } from '../gateway-fixture.ts';
import { CAMERA_FILES, type CameraFile } from './camera-files.ts';
import { drawPng } from './draw-png.ts';
import { gif } from './refused-pictures.ts';

const fixture = useGateway();

const uri = (bytes: Buffer, type = 'jpeg') => `data:image/${type};base64,${bytes.toString('base64')}`;

function ask(...urls: readonly string[]): object {
  const parts = urls.map((url) => ({ type: 'image_url', image_url: { url } }));
  return { ...CHAT, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, ...parts] }] };
}

/** What the engine got when a body was sent. */
async function received(body: string): Promise<string> {
  fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
  const answer = await fixture.post(body);
  expect([answer.status, await answer.json()]).toMatchObject([200, WHOLE]);
  const [request] = fixture.engine.requests;
  return request?.body ?? '';
}

const typeOf = ({ picture }: CameraFile) => (picture[0] === 0x89 ? 'png' : 'jpeg');

describe('what stands behind a picture never reaches the model server', () => {
  it.each(CAMERA_FILES.map((file) => [file.what, file] as const))('%s', async (_what, file) => {
    const { picture, tail } = file;
    const got = await received(JSON.stringify(ask(uri(Buffer.concat([picture, tail]), typeOf(file)))));
    expect(got).toBe(JSON.stringify(ask(uri(picture, typeOf(file)))));
  });

  it('of two pictures the one that has nothing behind it stays as it is', async () => {
    const [hdr] = CAMERA_FILES;
    if (!hdr) throw new Error('no file');
    const png = uri(drawPng(8), 'png');
    const got = await received(JSON.stringify(ask(png, uri(Buffer.concat([hdr.picture, hdr.tail])))));
    expect(got).toBe(JSON.stringify(ask(png, uri(hdr.picture))));
  });

  it('every other byte of the body stays, however it is written', async () => {
    const [, motion] = CAMERA_FILES;
    if (!motion) throw new Error('no file');
    const sent = uri(Buffer.concat([motion.picture, motion.tail]));
    // Escapes as PHP and Go write them, keys whose order a JavaScript object does not keep, a text that quotes the picture.
    const write = (url: string) =>
      ` {"messages" : [{"role":"user","content":[
        {"type":"text","text":${JSON.stringify(`what is "${sent.slice(0, 100)}"? <>`)}},
        {"image_url":{"detail":"auto", "url" : ${url}}, "type":"image_url"}]}],
        "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{
          "type":"object","properties":{"b":{"type":"string"},"10":{"type":"string"},"2":{"type":"string"}}}}},
        "seed":9007199254740991,"temperature":1.0} `;
    const escaped = JSON.stringify(sent).replaceAll('/', '\\/').replace('data:', '\\u0064ata:');
    expect(await received(write(escaped))).toBe(write(JSON.stringify(uri(motion.picture))));
  });
});

it('a picture is as large as it was sent: what is behind it counts', async () => {
  const [photo] = CAMERA_FILES;
  if (!photo) throw new Error('no file');
  const answer = await fixture.chat(ask(uri(Buffer.concat([photo.picture, Buffer.alloc(4_000)]))));
  expect([answer.status, (await errorOf(answer)).message]).toEqual([
    400,
    `"messages[0].content[1].image_url.url": the picture has ${photo.picture.length + 4_000} bytes, at most 4000 are accepted`,
  ]);
});

it('nothing common writes anything behind a GIF: it is refused', async () => {
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 8, 0, 8, 0, 0, 2, 2, 0x4c, 1, 0]);
  const answer = await fixture.chat(ask(uri(Buffer.concat([gif(frame), Buffer.from('PK')]), 'gif')));
  expect(await errorOf(answer)).toMatchObject({ message: expect.stringContaining('2 bytes after its end') });
  expect(fixture.engine.requests).toEqual([]);
});
