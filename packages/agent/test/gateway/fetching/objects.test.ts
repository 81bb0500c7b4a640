import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PictureFetcher } from '../../../src/gateway/fetching/picture-fetcher.ts';
import type { PictureBucket } from '../../../src/gateway/fetching/picture-source.ts';
import { BUCKET, type ScriptedAws, startScriptedAws } from '../../scripted-aws/start-scripted-aws.ts';
import { CHAT, errorOf, useGateway, WHOLE } from '../gateway-fixture.ts';
import { drawPng } from '../pictures/draw-png.ts';

const fixture = useGateway();
let aws: ScriptedAws;

beforeEach(async () => {
  aws = await startScriptedAws();
  fixture.engine.answer = (_request, response) => response.end(JSON.stringify(WHOLE));
  use({ name: BUCKET });
});
afterEach(() => aws[Symbol.asyncDispose]());

function use(...buckets: readonly PictureBucket[]): void {
  const network = {
    resolve: () => Promise.reject(new Error('nothing is resolved')),
    dial: () => {
      throw new Error('nothing is dialled');
    },
  };
  const sources = { hosts: [], redirects: 0, timeoutSeconds: 30, buckets };
  fixture.pictures = new PictureFetcher({ sources, s3: aws.s3, network });
}

function ask(...urls: readonly string[]): Promise<Response> {
  const content = urls.map((url) => ({ type: 'image_url', image_url: { url } }));
  return fixture.chat({ ...CHAT, messages: [{ role: 'user', content }] });
}

async function refusalOf(url: string): Promise<string> {
  const answer = await ask(url);
  const { message, code } = await errorOf(answer);
  expect([answer.status, code, fixture.engine.requests]).toEqual([400, 400, []]);
  return message.replace('"messages[0].content[0].image_url.url" could not be fetched: ', '');
}

describe('a picture in a listed bucket', () => {
  it.each(['a.png', 'a folder/ä+b?c#d%20.png', 'deep/er/.hidden..png'])('is read: %s', async (key) => {
    aws.bucket.put(key, drawPng(8));
    expect((await ask(`s3://${BUCKET}/${key}`)).status).toBe(200);
    const sent = JSON.parse(fixture.engine.requests[0]?.body ?? '');
    expect(sent.messages[0].content[0].image_url.url).toBe(
      `data:image/png;base64,${drawPng(8).toString('base64')}`,
    );
  });

  it('is read below its prefix only', async () => {
    use({ name: BUCKET, prefix: 'uploads/' });
    aws.bucket.put('uploads/a.png', drawPng(8));
    aws.bucket.put('private/a.png', drawPng(8));
    expect((await ask(`s3://${BUCKET}/uploads/a.png`)).status).toBe(200);
    fixture.engine.requests.length = 0;
    expect(await refusalOf(`s3://${BUCKET}/private/a.png`)).toBe(
      `of the bucket "${BUCKET}" only keys that begin with uploads/ are read`,
    );
  });

  it('is refused when it is too large, no picture, or not there', async () => {
    aws.bucket.put('large.png', Buffer.alloc(4_001));
    expect(await refusalOf(`s3://${BUCKET}/large.png`)).toBe('it has more than 4000 bytes');
    aws.bucket.put('text.png', 'hello world, no picture');
    expect(await refusalOf(`s3://${BUCKET}/text.png`)).toMatch(/^not a picture that can be read: /);
    expect(await refusalOf(`s3://${BUCKET}/none.png`)).toBe(
      'there is no such object, or this fleet may not read it',
    );
    aws.bucket.put('denied.png', drawPng(8));
    aws.bucket.fault = () => ({ status: 403, code: 'AccessDenied' });
    expect(await refusalOf(`s3://${BUCKET}/denied.png`)).toBe(
      'there is no such object, or this fleet may not read it',
    );
  });
});

describe('what is not read', () => {
  const odd = 'the key must have at most 1024 bytes, no control characters and no . or .. between slashes';
  it.each([
    ['s3://another-bucket/a.png', 'this fleet does not read from the bucket "another-bucket"'],
    [
      `s3://${BUCKET}.s3.amazonaws.com/a.png`,
      `this fleet does not read from the bucket "${BUCKET}.s3.amazonaws.com"`,
    ],
    [`s3://${BUCKET}`, 'the URI must be s3://bucket/key'],
    [`s3://${BUCKET}/`, 'the URI must be s3://bucket/key'],
    [`s3://user@${BUCKET}/a.png`, 'the URI must be s3://bucket/key'],
    ['s3://arn:aws:s3:us-east-1:1:accesspoint/x/a.png', 'the URI must be s3://bucket/key'],
    [`s3:\\\\${BUCKET}\\a.png`, 'the URI must be s3://bucket/key'],
    [`s3://${BUCKET}/../${BUCKET}-private/a.png`, odd],
    [`s3://${BUCKET}/a/./b.png`, odd],
    [`s3://${BUCKET}/a\nb`, odd],
    [`s3://${BUCKET}/${'a'.repeat(1_025)}`, odd],
  ])('%j', async (uri, message) => {
    expect(await refusalOf(uri)).toBe(message);
    expect(aws.bucket.requests).toEqual([]);
  });

  it('anything, where no bucket is listed', async () => {
    fixture.pictures = undefined;
    expect(await refusalOf(`s3://${BUCKET}/a.png`)).toContain('this fleet never fetches URLs (got s3:)');
  });
});
