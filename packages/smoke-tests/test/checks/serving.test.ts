import { describe, expect, test } from 'vitest';
import { checkFleet, evidenceOf, failedOf, failures } from '../scripted-fleet/check-fleet.ts';

describe('what a fleet must answer', () => {
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
        "models listed: expected a JSON object, got "<html>a captive portal</html>"",
      ]
    `);
  });

  test('fails when the model talks nonsense', async () => {
    expect(await failures('talks-nonsense')).toMatchInlineSnapshot(`
      [
        "text completion: asked for the word "orchard", answered "lorem ipsum"",
        "picture answered right: colour: expected red, got "lorem ipsum"; colour: expected green, got "lorem ipsum"; shape: expected square, got "lorem ipsum"; shape: expected triangle, got "lorem ipsum"; digits: expected 4719, got "lorem ipsum"; digits: expected 9726, got "lorem ipsum"; count: expected 4, got "lorem ipsum"; count: expected 5, got "lorem ipsum"; position: expected bottom left, got "lorem ipsum"; position: expected top right, got "lorem ipsum"",
        "several pictures in order: colours: expected purple, orange, got "lorem ipsum"; colours: expected black, green, got "lorem ipsum"; numbers: expected 6096, 6898, got "lorem ipsum"; numbers: expected 4737, 5985, got "lorem ipsum"; colours: expected orange, purple, green, got "lorem ipsum"; colours: expected red, blue, purple, black, got "lorem ipsum"; colours: expected red, purple, blue, black, got "lorem ipsum"; numbers: expected 3285, 1257, got "lorem ipsum"; numbers: expected 4579, 1273, got "lorem ipsum"; numbers: expected 8350, 9683, got "lorem ipsum"",
      ]
    `);
  });

  test('fails when the model talks but does not see', async () => {
    expect(await failures('blind')).toMatchInlineSnapshot(`
      [
        "picture answered right: colour: expected red, got "The colour is grey."; colour: expected green, got "The colour is grey."; shape: expected square, got "A hexagon."; shape: expected triangle, got "A hexagon."; digits: expected 4719, got "0000"; digits: expected 9726, got "0000"; count: expected 4, got "0"; count: expected 5, got "0"; position: expected bottom left, got "In the middle."; position: expected top right, got "In the middle."",
        "several pictures in order: colours: expected purple, orange, got "red, red, red"; colours: expected black, green, got "red, red, red"; numbers: expected 6096, 6898, got "red, red, red"; numbers: expected 4737, 5985, got "red, red, red"; colours: expected orange, purple, green, got "red, red, red"; colours: expected red, blue, purple, black, got "red, red, red"; colours: expected red, purple, blue, black, got "red, red, red"; numbers: expected 3285, 1257, got "red, red, red"; numbers: expected 4579, 1273, got "red, red, red"; numbers: expected 8350, 9683, got "red, red, red"",
      ]
    `);
  });

  test('fails when the engine fails on pictures', async () => {
    expect(await failures('engine-500')).toMatchInlineSnapshot(`
      [
        "picture answered right: colour: expected red, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colour: expected green, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; shape: expected square, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; shape: expected triangle, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; digits: expected 4719, got "no answer: [POST] \\"http://127.0.0.1…",
        "several pictures in order: colours: expected purple, orange, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colours: expected black, green, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; numbers: expected 6096, 6898, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; numbers: expected 4737, 5985, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colours: expected orange, purple, …",
        "streamed completion with usage: [POST] "http://fleet/v1/chat/completions": 500 EngineCore encountered an issue.",
        "usage equals image tokens: [POST] "http://fleet/v1/chat/completions": 500 EngineCore encountered an issue.",
      ]
    `);
  });

  test('fails when several pictures are taken in another order', async () => {
    expect(await failures('pictures-reversed')).toMatchInlineSnapshot(`
      [
        "several pictures in order: colours: expected purple, orange, got "orange, purple"; colours: expected black, green, got "green, black"; numbers: expected 6096, 6898, got "6898, 6096"; numbers: expected 4737, 5985, got "5985, 4737"; colours: expected orange, purple, green, got "green, purple, orange"; colours: expected red, blue, purple, black, got "black, purple, blue, red"; colours: expected red, purple, blue, black, got "black, blue, purple, red"; numbers: expected 3285, 1257, got "1257, 3285"; numbers: expected 4579, 1273, got "1273, 4579"; numbers: expected 8350, 9683, got "9683, 8350"",
      ]
    `);
  });

  test('fails when one picture a request is allowed', async () => {
    expect(await failures('one-picture-only')).toMatchInlineSnapshot(`
      [
        "several pictures in order: colours: expected purple, orange, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 At most 1 image(s) may be provided in one prompt."; colours: expected black, green, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 At most 1 image(s) may be provided in one prompt."; numbers: expected 6096, 6898, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 At most 1 image(s) may be provided in one prompt."; numbers: expected 4737, 5985, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 At most 1 image(s)…",
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
        "streamed completion with usage: the stream ended before the answer was complete, after 21 characters",
      ]
    `);
  });

  test('fails when the server aborts the answer of a stream', async () => {
    expect(await failures('stream-aborted')).toMatchInlineSnapshot(`
      [
        "streamed completion with usage: the server stopped the answer (finish_reason "abort"), after 21 characters",
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
        "usage equals image tokens: 183x371: 313 tokens, predicted 312",
      ]
    `);
  });

  test('fails when large pictures are not scaled down', async () => {
    expect(await failures('no-downscaling')).toMatchInlineSnapshot(`
      [
        "usage equals image tokens: 2048x58: 516 tokens, predicted 130",
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
      `"colour: "The colour is green."; shape: "A square."; shape: "A triangle."; digits: "4719"; digits: "9726"; count: "4"; count: "5"; position: "In the bottom left."; position: "In the top right."; colour: "The colour is blue."; colour: "The colour is black."; colour: "The colour is purple."; colour: expected red, got "The colour is grey.""`,
    );
  });

  test('fails when no instance is expected to serve', async () => {
    const { report } = await checkFleet([], { expectedInstances: [] });
    expect(failedOf(report)).toEqual(['every instance answered']);
    expect(evidenceOf(report, 'every instance answered')).toBe('no instance is in service');
  });
});
