import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PictureFetcher } from '../../../src/gateway/fetching/picture-fetcher.ts';
import type { PictureSources } from '../../../src/gateway/fetching/picture-source.ts';
import { CHAT, errorOf, useGateway, WHOLE } from '../gateway-fixture.ts';
import { drawPng } from '../pictures/draw-png.ts';
import { PictureHost } from './picture-host.ts';

let host: PictureHost;
const sources: PictureSources = {
  hosts: ['pictures.example', 'cdn.example'],
  redirects: 2,
  timeoutSeconds: 30,
  buckets: [],
};
const fixture = useGateway();

beforeEach(async () => {
  host = await PictureHost.start();
  host.answer = (_request, response) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(drawPng(8));
  fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
  use({});
});
afterEach(() => host[Symbol.asyncDispose]());

function use(change: Partial<PictureSources>): void {
  const s3 = {
    send: () => {
      throw new Error('no bucket is named');
    },
  };
  fixture.pictures = new PictureFetcher({ sources: { ...sources, ...change }, s3, network: host.network });
}

async function ask(...urls: readonly string[]): Promise<Response> {
  const content = urls.map((url) => ({ type: 'image_url', image_url: { url } }));
  return fixture.chat({ ...CHAT, messages: [{ role: 'user', content }] });
}

async function refusalOf(url: string): Promise<string> {
  const answer = await ask(url);
  const { message, param, code } = await errorOf(answer);
  expect([answer.status, code, param]).toEqual([400, 400, 'messages[0].content[0].image_url.url']);
  expect(fixture.engine.requests).toEqual([]);
  const start = '"messages[0].content[0].image_url.url" could not be fetched: ';
  expect(message.slice(0, start.length)).toBe(start);
  return message.slice(start.length);
}

describe('a picture at an allowed host', () => {
  it('is fetched by its name at the address that was checked, and the engine gets the picture itself', async () => {
    const answer = await ask(
      'https://pictures.example/a.png?x=1',
      `data:image/png;base64,${drawPng(9).toString('base64')}`,
    );
    expect(answer.status).toBe(200);
    expect(host.requests).toEqual([{ host: 'pictures.example', url: '/a.png?x=1' }]);
    expect([host.resolved, host.dialled]).toEqual([['pictures.example'], ['93.184.216.34']]);
    const sent = JSON.parse(fixture.engine.requests[0]?.body ?? '');
    expect(
      sent.messages[0].content.map((part: { image_url: { url: string } }) => part.image_url.url),
    ).toEqual([8, 9].map((side) => `data:image/png;base64,${drawPng(side).toString('base64')}`));
  });

  it('is followed to another allowed host, which is resolved and checked anew', async () => {
    host.answer = (request, response) =>
      request.headers.host === 'cdn.example'
        ? response.writeHead(200, { 'content-type': 'image/png' }).end(drawPng(8))
        : response.writeHead(302, { location: 'https://cdn.example/b.png' }).end();
    expect((await ask('https://pictures.example/a.png')).status).toBe(200);
    expect(host.resolved).toEqual(['pictures.example', 'cdn.example']);
  });
});

describe('names and addresses', () => {
  it.each([
    '169.254.169.254',
    '127.0.0.1',
    '10.1.2.3',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    'fd00:ec2::254',
  ])('a name for %s is not connected to, and the address is not told', async (address) => {
    host.names.set('pictures.example', [address]);
    expect(await refusalOf('https://pictures.example/')).toBe(
      'pictures.example has an address that is not public',
    );
    expect(host.dialled).toEqual([]);
  });

  it('one private address among public ones is enough', async () => {
    host.names.set('pictures.example', ['93.184.216.34', '169.254.169.254']);
    expect(await refusalOf('https://pictures.example/')).toBe(
      'pictures.example has an address that is not public',
    );
  });

  it('a name server that answers otherwise the second time is not asked a second time', async () => {
    let asked = 0;
    host.names.set('pictures.example', () => (asked++ === 0 ? ['93.184.216.34'] : ['169.254.169.254']));
    expect((await ask('https://pictures.example/')).status).toBe(200);
    expect([asked, host.dialled]).toEqual([1, ['93.184.216.34']]);
  });

  it('a name that is unknown, or has no address', async () => {
    host.names.delete('pictures.example');
    expect(await refusalOf('https://pictures.example/')).toBe(
      'pictures.example could not be resolved: ENOTFOUND',
    );
    host.names.set('pictures.example', []);
    expect(await refusalOf('https://pictures.example/')).toBe('pictures.example has no address');
  });

  it('a certificate for another name', async () => {
    use({ hosts: ['other.example'] });
    host.names.set('other.example', ['93.184.216.34']);
    expect(await refusalOf('https://other.example/')).toBe(
      'other.example could not be reached: ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });
});

describe('redirects', () => {
  const redirect = (location: string) => {
    host.answer = (_request, response) => response.writeHead(302, { location }).end();
  };
  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'the scheme must be https, got "http"'],
    [
      'https://169.254.169.254/latest/meta-data/',
      'this fleet does not fetch from the host "169.254.169.254"',
    ],
    ['//169.254.169.254/', 'the scheme must be https, got "//169.254.169.254/"'],
    ['/\\169.254.169.254/', 'the scheme must be https, got "/\\\\169.254.169.254/"'],
    ['file:///etc/passwd', 'the scheme must be https, got "file"'],
    ['s3://bucket/key', 'the scheme must be https, got "s3"'],
    ['', 'the scheme must be https, got ""'],
  ])('to %j are refused', async (location, message) => {
    redirect(location);
    expect(await refusalOf('https://pictures.example/')).toBe(message);
    expect(host.dialled).toHaveLength(1);
  });

  it('to an allowed name that stands for the metadata service are refused', async () => {
    host.names.set('cdn.example', ['169.254.169.254']);
    redirect('https://cdn.example/');
    expect(await refusalOf('https://pictures.example/')).toBe(
      'cdn.example has an address that is not public',
    );
    expect(host.dialled).toHaveLength(1);
  });

  it('are counted, and not followed at all with 0', async () => {
    redirect('/again');
    expect(await refusalOf('https://pictures.example/')).toBe(
      'pictures.example redirects, and only 2 redirects are followed',
    );
    expect(host.requests).toHaveLength(3);
    use({ redirects: 0 });
    expect(await refusalOf('https://pictures.example/')).toBe(
      'pictures.example redirects, and redirects are not followed',
    );
  });
});

describe('what a host sends', () => {
  const send = (headers: Record<string, string | number>, body: Buffer | string, status = 200) => {
    host.answer = (_request, response) => response.writeHead(status, headers).end(body);
  };
  it.each([
    [
      'no picture',
      { 'content-type': 'text/html' },
      'x',
      200,
      'pictures.example sends "text/html", expected image/png, image/jpeg, image/webp, image/gif',
    ],
    [
      'SVG',
      { 'content-type': 'image/svg+xml' },
      '<svg/>',
      200,
      'pictures.example sends "image/svg+xml", expected image/png, image/jpeg, image/webp, image/gif',
    ],
    [
      'no type',
      {},
      'x',
      200,
      'pictures.example sends "no type", expected image/png, image/jpeg, image/webp, image/gif',
    ],
    ['an error', { 'content-type': 'image/png' }, 'x', 404, 'pictures.example answered with status 404'],
    ['part of it', { 'content-type': 'image/png' }, 'x', 206, 'pictures.example answered with status 206'],
    [
      'a gzip bomb',
      { 'content-type': 'image/png', 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(10_000_000)),
      200,
      'pictures.example sends it compressed (gzip), which was not asked for',
    ],
    [
      'too much, as it says',
      { 'content-type': 'image/png', 'content-length': 4_001 },
      Buffer.alloc(4_001),
      200,
      'it has more than 4000 bytes',
    ],
  ])('is refused: %s', async (_what, headers, body, status, message) => {
    send(headers, body, status);
    expect(await refusalOf('https://pictures.example/')).toBe(message);
  });

  it('is cut off when it has no end', async () => {
    host.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      const more = () => {
        if (response.destroyed) return;
        if (response.write(Buffer.alloc(1_000))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    };
    expect(await refusalOf('https://pictures.example/')).toBe('it has more than 4000 bytes');
  });

  it('is looked at like any other picture', async () => {
    send({ 'content-type': 'image/png' }, 'hello world, no picture');
    expect(await refusalOf('https://pictures.example/')).toMatch(/^not a picture that can be read: /);
    send({ 'content-type': 'image/png' }, drawPng(10_000));
    const { message } = await errorOf(await ask('https://pictures.example/'));
    expect(message).toContain('10000x10000 pixels');
    expect(fixture.engine.requests).toEqual([]);
  });

  it('is refused when the connection breaks', async () => {
    host.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': 1_000 }).write(drawPng(8));
      setImmediate(() => response.destroy());
    };
    expect(await refusalOf('https://pictures.example/')).toBe(
      'the connection broke before all of it had come',
    );
  });

  it.each([
    ['never answers', () => undefined],
    [
      'never ends',
      (response: ServerResponse) =>
        response.writeHead(200, { 'content-type': 'image/png' }).write(drawPng(8)),
    ],
  ])('is waited for no longer than allowed: %s', async (_what, answer) => {
    use({ timeoutSeconds: 0.3 });
    host.answer = (_request, response) => answer(response);
    expect(await refusalOf('https://pictures.example/')).toBe('it did not come within 0.3 s');
  });

  it('is not waited for when names are never resolved', async () => {
    fixture.pictures = new PictureFetcher({
      sources: { ...sources, timeoutSeconds: 0.3 },
      s3: { send: () => undefined as never },
      network: { ...host.network, resolve: () => new Promise(() => undefined) },
    });
    expect(await refusalOf('https://pictures.example/')).toBe('it did not come within 0.3 s');
  });
});

describe('nothing is fetched', () => {
  it('for a request that is refused anyway', async () => {
    const part = { type: 'image_url', image_url: { url: 'https://pictures.example/' } };
    const answer = await fixture.chat({ ...CHAT, n: 500, messages: [{ role: 'user', content: [part] }] });
    expect([answer.status, host.resolved]).toEqual([400, []]);
    expect((await ask(...Array.from({ length: 3 }, () => 'https://pictures.example/'))).status).toBe(400);
    expect(host.resolved).toEqual([]);
  });

  it('where the fleet fetches from buckets only', async () => {
    use({ hosts: [], buckets: [{ name: 'pictures' }] });
    const { message } = await errorOf(await ask('https://pictures.example/'));
    expect(message).toContain('never fetches URLs (got https:)');
  });
});
