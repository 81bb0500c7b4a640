import { describe, expect, test } from 'vitest';
import { checkFleet, evidenceOf, failedOf, failures } from '../scripted-fleet/check-fleet.ts';

describe('what a fleet must refuse', () => {
  test('fails when no key is needed', async () => {
    expect(await failures('no-key-needed')).toMatchInlineSnapshot(`
      [
        "wrong key refused: GET /v1/models with no key: 200; POST /v1/chat/completions with no key: 200; GET /v1/models with another key: 200; POST /v1/chat/completions with another key: 200; GET /v1/models with a key cut short: 200; POST /v1/chat/completions with a key cut short: 200; GET /v1/models with one letter too many: 200; POST /v1/chat/completions with one letter too many: 200, expected 401",
      ]
    `);
  });

  test('fails when the beginning of the key is enough', async () => {
    expect(await failures('key-by-prefix')).toMatchInlineSnapshot(`
      [
        "wrong key refused: GET /v1/models with a key cut short: 200; POST /v1/chat/completions with a key cut short: 200, expected 401",
      ]
    `);
  });

  test('fails when metrics are open', async () => {
    expect(await failures('metrics-open')).toMatchInlineSnapshot(`
      [
        "other paths refused: GET /metrics: 200, expected 404",
      ]
    `);
  });

  test('fails when /invocations leads to the model', async () => {
    expect(await failures('invocations-open')).toMatchInlineSnapshot(`
      [
        "other paths refused: POST /invocations: 200, expected 404",
      ]
    `);
  });

  test('fails when a broken picture is a server error', async () => {
    expect(await failures('broken-500')).toMatchInlineSnapshot(`
      [
        "broken picture refused: truncated PNG: 500 {"error":{"message":"Failed to load image: RangeError: Offset is outside the bounds of the DataView","type":"BadRequestError","param":null,"code":500}}, expected 4xx",
        "turned JPEG refused or read upright: JPEG with EXIF orientation 6: 500 {"error":{"message":"Failed to load image: Error: the JPEG is to be turned by its EXIF orientation","type":"BadRequestError","param":null,"code":500}}, expected 4xx",
      ]
    `);
  });

  test('fails when a broken picture gets an answer', async () => {
    expect(await failures('broken-guessed')).toMatchInlineSnapshot(`
      [
        "broken picture refused: truncated PNG: 200 {"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"blue"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens, expected 4xx",
        "turned JPEG refused or read upright: JPEG with EXIF orientation 6: expected 9724 or a refusal, got "blue"; expected 5185 or a refusal, got "blue"; expected 9401 or a refusal, got "blue"",
      ]
    `);
  });

  test('fails when errors have another shape', async () => {
    expect(await failures('broken-flat-error')).toMatchInlineSnapshot(`
      [
        "broken picture refused: truncated PNG: 400 {"detail":"Failed to load image: RangeError: Offset is outside the bounds of the DataView"}, expected {"error":{"message":"…","type":"…","param":…,"code":400}}",
        "turned JPEG refused or read upright: JPEG with EXIF orientation 6: 400 {"detail":"Failed to load image: Error: the JPEG is to be turned by its EXIF orientation"}, expected {"error":{"message":"…","type":"…","param":…,"code":400}}",
        "oversize picture refused: 10000x10000 PNG: 400 {"detail":"picture 1 has 100000000 pixels, at most 20000000 are allowed"}, expected {"error":{"message":"…","type":"…","param":…,"code":400}}",
        "remote picture refused: http://169.254.169.254/latest/meta-data/iam/security-credentials/: 400 {"detail":"pictures must be data: URIs; this server never fetches URLs"}, expected {"error":{"message":"…","type":"…","param":…,"code":400}}",
      ]
    `);
  });

  test('fails when an oversize picture is refused only while it is decoded', async () => {
    expect(await failures('oversize-decoded')).toMatchInlineSnapshot(`
      [
        "oversize picture refused: 10000x10000 PNG: 400 "Failed to load image: image file is truncated", which is not about its size: a whole picture would be decoded",
      ]
    `);
  });

  test('fails when an oversize picture gets an answer', async () => {
    expect(await failures('oversize-answered')).toMatchInlineSnapshot(`
      [
        "oversize picture refused: 10000x10000 PNG: 200 {"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"black"},"finish_reason":"stop"}],"usage":{"prompt_tokens":4166,"completion_tok, expected 4xx",
      ]
    `);
  });

  test('passes when a JPEG that EXIF turns is seen upright', async () => {
    const { report } = await checkFleet(['turned-answered']);
    expect(failedOf(report)).toEqual([]);
    expect(evidenceOf(report, 'turned JPEG refused or read upright')).toMatchInlineSnapshot(
      `"JPEG with EXIF orientation 6: read upright, 9724"`,
    );
  });

  test('fails when a JPEG that EXIF turns is looked at as it lies', async () => {
    expect(await failures('turned-lying')).toMatchInlineSnapshot(`
      [
        "turned JPEG refused or read upright: JPEG with EXIF orientation 6: expected 9724 or a refusal, got ""; expected 5185 or a refusal, got ""; expected 9401 or a refusal, got """,
      ]
    `);
  });

  test('fails when a JPEG that EXIF turns is refused without a reason', async () => {
    expect(await failures('turned-unexplained')).toMatchInlineSnapshot(`
      [
        "turned JPEG refused or read upright: JPEG with EXIF orientation 6: 400 "Failed to load image: Error: bad picture", which does not tell the sender what to change",
      ]
    `);
  });

  test('fails when a remote picture is fetched', async () => {
    expect(await failures('remote-fetched')).toMatchInlineSnapshot(`
      [
        "remote picture refused: http://169.254.169.254/latest/meta-data/iam/security-credentials/: 422 "GET 169.254.169.254: 401": it was fetched, and answered with an error",
      ]
    `);
  });

  test('fails when a remote picture is refused after a while', async () => {
    expect(await failures('remote-slow')).toMatchInlineSnapshot(`
      [
        "remote picture refused: http://169.254.169.254/latest/meta-data/iam/security-credentials/: 400, but only after # ms: something was tried",
      ]
    `);
  });

  test('fails when a remote picture is a server error', async () => {
    expect(await failures('remote-500')).toMatchInlineSnapshot(`
      [
        "remote picture refused: http://169.254.169.254/latest/meta-data/iam/security-credentials/: 500 {"error":{"message":"Cannot connect to host 169.254.169.254:80","type":"BadRequestError","param":null,"code":500}}, expected 4xx",
      ]
    `);
  });
});
