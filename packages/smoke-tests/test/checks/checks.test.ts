import { describe, expect, test } from 'vitest';
import { checkFleet, evidenceOf, failedOf } from '../scripted-fleet/check-fleet.ts';
import type { Fault } from '../scripted-fleet/fault.ts';

/** What each check that failed has seen: the other checks passed. */
async function failures(...faults: readonly Fault[]): Promise<readonly string[]> {
  const { report } = await checkFleet(faults);
  expect(report.ok).toBe(failedOf(report).length === 0);
  for (const { ok, advice } of report.checks) expect(advice === undefined).toBe(ok);
  return failedOf(report).map((name) => `${name}: ${evidenceOf(report, name)}`);
}

describe('checks', () => {
  test('fails when another model is served', async () => {
    expect(await failures('other-model')).toMatchInlineSnapshot(`
      [
        "models listed: pixtral-12b is not served; served: another-model",
      ]
    `);
  });

  test('fails when something else answers instead of a fleet', async () => {
    expect(await failures('models-not-json')).toMatchInlineSnapshot(`
      [
        "models listed: expected a chat completion as JSON, got "<html>a captive portal</html>"",
      ]
    `);
  });

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

  test('fails when the model talks nonsense', async () => {
    expect(await failures('talks-nonsense')).toMatchInlineSnapshot(`
      [
        "text completion: asked for the word "orchard", answered "lorem ipsum"",
        "picture answered right: colour: expected red, got "lorem ipsum"; shape: expected square, got "lorem ipsum"; digits: expected 4583, got "lorem ipsum"; colour: expected green, got "lorem ipsum"; shape: expected square, got "lorem ipsum"; digits: expected 9601, got "lorem ipsum"",
        "several pictures in order: colours: expected black, red, yellow, got "lorem ipsum"; colours: expected orange, red, purple, got "lorem ipsum"",
      ]
    `);
  });

  test('fails when the model talks but does not see', async () => {
    expect(await failures('blind')).toMatchInlineSnapshot(`
      [
        "picture answered right: colour: expected red, got "The colour is grey."; shape: expected square, got "A hexagon."; digits: expected 4583, got "0000"; colour: expected green, got "The colour is grey."; shape: expected square, got "A hexagon."; digits: expected 9601, got "0000"",
        "several pictures in order: colours: expected black, red, yellow, got "red, red, red"; colours: expected orange, red, purple, got "red, red, red"",
      ]
    `);
  });

  test('fails when the engine fails on pictures', async () => {
    expect(await failures('engine-500')).toMatchInlineSnapshot(`
      [
        "picture answered right: colour: expected red, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; shape: expected square, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; digits: expected 4583, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colour: expected green, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; shape: expected square, got "no answer: [POST] \\"http://fleet…",
        "several pictures in order: colours: expected black, red, yellow, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colours: expected orange, red, purple, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."",
        "streamed completion with usage: [POST] "http://fleet/v1/chat/completions": 500 EngineCore encountered an issue.",
        "usage equals image tokens: [POST] "http://fleet/v1/chat/completions": 500 EngineCore encountered an issue.",
      ]
    `);
  });

  test('fails when several pictures are taken in another order', async () => {
    expect(await failures('pictures-reversed')).toMatchInlineSnapshot(`
      [
        "several pictures in order: colours: expected orange, purple, red, got "red, purple, orange"; colours: expected white, orange, purple, got "purple, orange, white"",
      ]
    `);
  });

  test('fails when one picture a request is allowed', async () => {
    expect(await failures('one-picture-only')).toMatchInlineSnapshot(`
      [
        "several pictures in order: colours: expected orange, purple, red, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 At most 1 image(s) may be provided in one prompt."; colours: expected white, orange, purple, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 At most 1 image(s) may be provided in one prompt."",
      ]
    `);
  });

  test('fails when a stream holds no text', async () => {
    expect(await failures('stream-empty')).toMatchInlineSnapshot(`
      [
        "streamed completion with usage: the stream held no text (finish reason stop)",
      ]
    `);
  });

  test('fails when a stream is cut', async () => {
    expect(await failures('stream-cut')).toMatchInlineSnapshot(`
      [
        "streamed completion with usage: the stream ended before the answer was complete, after 20 characters",
      ]
    `);
  });

  test('fails when the server aborts the answer of a stream', async () => {
    expect(await failures('stream-aborted')).toMatchInlineSnapshot(`
      [
        "streamed completion with usage: the server stopped the answer (finish_reason "abort"), after 20 characters",
      ]
    `);
  });

  test('fails when a stream ends in an error', async () => {
    expect(await failures('stream-error')).toMatchInlineSnapshot(`
      [
        "streamed completion with usage: EngineCore died",
      ]
    `);
  });

  test('fails when a stream does not say what it cost', async () => {
    expect(await failures('stream-without-usage')).toMatchInlineSnapshot(`
      [
        "streamed completion with usage: no usage at the end of the stream, got null",
      ]
    `);
  });

  test('fails when a picture costs one token more than predicted', async () => {
    expect(await failures('one-token-more')).toMatchInlineSnapshot(`
      [
        "usage equals image tokens: 49x283: 91 tokens, predicted 90",
      ]
    `);
  });

  test('fails when large pictures are not scaled down', async () => {
    expect(await failures('no-downscaling')).toMatchInlineSnapshot(`
      [
        "usage equals image tokens: 2048x282: 2322 tokens, predicted 585",
      ]
    `);
  });

  test('fails when a broken picture is a server error', async () => {
    expect(await failures('broken-500')).toMatchInlineSnapshot(`
      [
        "broken picture refused: truncated PNG: 500 {"error":{"message":"Failed to load image: RangeError: Offset is outside the bounds of the DataView","type":"BadRequestError","param":null,"code":500}}, expected 4xx",
      ]
    `);
  });

  test('fails when a broken picture gets an answer', async () => {
    expect(await failures('broken-guessed')).toMatchInlineSnapshot(`
      [
        "broken picture refused: truncated PNG: 200 {"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"blue"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens, expected 4xx",
      ]
    `);
  });

  test('fails when errors have another shape', async () => {
    expect(await failures('broken-flat-error')).toMatchInlineSnapshot(`
      [
        "broken picture refused: truncated PNG: 400 {"detail":"Failed to load image: RangeError: Offset is outside the bounds of the DataView"}, expected {"error":{"message":"…","type":"…","param":…,"code":400}}",
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

  test('fails when one instance never answers', async () => {
    expect(await failures('second-instance-silent')).toMatchInlineSnapshot(`
      [
        "every instance answered: no answer from i-0002; answered: i-0001 (80)",
      ]
    `);
  });

  test('fails when the answers do not come through a gateway', async () => {
    expect(await failures('no-instance-header')).toMatchInlineSnapshot(`
      [
        "every instance answered: an answer has no x-pixtral-instance: it did not come through a gateway",
      ]
    `);
  });

  test('fails when an instance fails one of the requests', async () => {
    expect(await failures('one-in-eight-503')).toMatchInlineSnapshot(`
      [
        "usage equals image tokens: [POST] "http://fleet/v1/chat/completions": 503 The engine is restarting.",
        "every instance answered: 1 of 8 requests at once failed: [POST] "http://fleet/v1/chat/completions": 503 The engine is restarting.",
      ]
    `);
  });

  test('a picture answered wrong at first passes, and the evidence tells', async () => {
    const { report } = await checkFleet(['blind-at-first']);
    expect(failedOf(report)).toEqual([]);
    expect(evidenceOf(report, 'picture answered right')).toMatchInlineSnapshot(
      `"colour: "The colour is green."; shape: "A square."; digits: "4714"; at first colour: expected red, got "The colour is grey.""`,
    );
  });

  test('fails when no instance is expected to serve', async () => {
    const { report } = await checkFleet([], { expectedInstances: [] });
    expect(failedOf(report)).toEqual(['every instance answered']);
    expect(evidenceOf(report, 'every instance answered')).toBe('no instance is in service');
  });
});
