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
        "picture answered right: the same answer to every picture of a kind: blind, or answered from a cache; answered right: shape 0 of 7, count 0 of 5, position 0 of 6: guessed, not seen; colour: expected red, got "lorem ipsum"; colour: expected green, got "lorem ipsum"; colour: expected yellow, got "lorem ipsum"; colour: expected purple, got "lorem ipsum"; shape: expected circle, got "lorem ipsum"; shape: expected square, got "lorem ipsum"; shape: expected triangle, got "lorem ipsum"; shape: expected square, got "lorem ipsum"; shape: expected circle, got "lorem ipsum"; shape: expected triangle, got "lorem ipsum"; shape: ex…",
        "several pictures in order: the same answer to every picture of a kind: blind, or answered from a cache; answered right: colours 0 of 14, numbers 0 of 14: guessed, not seen; colours: expected orange, purple, white, green, got "lorem ipsum"; colours: expected blue, white, orange, green, got "lorem ipsum"; colours: expected white, orange, got "lorem ipsum"; colours: expected green, white, got "lorem ipsum"; numbers: expected 4212, 7810, got "lorem ipsum"; numbers: expected 7848, 3174, got "lorem ipsum"; numbers: expected 5801, 3601, got "lorem ipsum"; numbers: expected 8967, 9162, got "lorem ipsum"; colours: expected white…",
        "every encoding read: PNG with alpha: expected 6494, got "lorem ipsum", expected 6951, got "lorem ipsum", expected 4679, got "lorem ipsum"; palette PNG: expected 1516, got "lorem ipsum", expected 3560, got "lorem ipsum", expected 5318, got "lorem ipsum"; 16-bit PNG: expected 3494, got "lorem ipsum", expected 8743, got "lorem ipsum", expected 7837, got "lorem ipsum"; JPEG: expected 5086, got "lorem ipsum", expected 2597, got "lorem ipsum", expected 1201, got "lorem ipsum"; WebP: expected 7191, got "lorem ipsum", expected 5713, got "lorem ipsum", expected 6067, got "lorem ipsum"; GIF: expected 4613, got "lorem ipsum"…",
      ]
    `);
  });

  test('fails when the model talks but does not see', async () => {
    expect(await failures('blind')).toMatchInlineSnapshot(`
      [
        "picture answered right: the same answer to every picture of a kind: blind, or answered from a cache; answered right: shape 0 of 7, count 0 of 5, position 0 of 6: guessed, not seen; colour: expected red, got "The colour is grey."; colour: expected green, got "The colour is grey."; colour: expected yellow, got "The colour is grey."; colour: expected purple, got "The colour is grey."; shape: expected circle, got "A hexagon."; shape: expected square, got "A hexagon."; shape: expected triangle, got "A hexagon."; shape: expected square, got "A hexagon."; shape: expected circle, got "A hexagon."; shape: expected triangle, g…",
        "several pictures in order: the same answer to every picture of a kind: blind, or answered from a cache; answered right: colours 0 of 14, numbers 0 of 14: guessed, not seen; colours: expected orange, purple, white, green, got "red, red, red"; colours: expected blue, white, orange, green, got "red, red, red"; colours: expected white, orange, got "red, red, red"; colours: expected green, white, got "red, red, red"; numbers: expected 4212, 7810, got "red, red, red"; numbers: expected 7848, 3174, got "red, red, red"; numbers: expected 5801, 3601, got "red, red, red"; numbers: expected 8967, 9162, got "red, red, red"; colours…",
        "every encoding read: PNG with alpha: expected 6494, got "0000", expected 6951, got "0000", expected 4679, got "0000"; palette PNG: expected 1516, got "0000", expected 3560, got "0000", expected 5318, got "0000"; 16-bit PNG: expected 3494, got "0000", expected 8743, got "0000", expected 7837, got "0000"; JPEG: expected 5086, got "0000", expected 2597, got "0000", expected 1201, got "0000"; WebP: expected 7191, got "0000", expected 5713, got "0000", expected 6067, got "0000"; GIF: expected 4613, got "0000", expected 9295, got "0000", expected 7175, got "0000"; animated GIF: expected 8947, got "0000", expected 9392, …",
      ]
    `);
  });

  test('fails when the engine fails on pictures', async () => {
    expect(await failures('engine-500')).toMatchInlineSnapshot(`
      [
        "picture answered right: no request was answered; answered right: shape 0 of 7, count 0 of 5, position 0 of 6: guessed, not seen; colour: expected red, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colour: expected green, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colour: expected yellow, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colour: expected purple, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\"…",
        "several pictures in order: no request was answered; answered right: colours 0 of 14, numbers 0 of 14: guessed, not seen; colours: expected orange, purple, white, green, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colours: expected blue, white, orange, green, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colours: expected white, orange, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; colours: expected green, white, got "no answer: […",
        "every encoding read: PNG with alpha: expected 6494, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue.", expected 6951, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue.", expected 4679, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue."; palette PNG: expected 1516, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 500 EngineCore encountered an issue.", expected 3560, got "no answer: [POST] \\"http://fleet/v1/chat/…",
        "streamed completion with usage: [POST] "http://fleet/v1/chat/completions": 500 EngineCore encountered an issue.",
        "usage equals image tokens: [POST] "http://fleet/v1/chat/completions": 500 EngineCore encountered an issue.",
        "structured output kept to: [POST] "http://fleet/v1/chat/completions": 500 EngineCore encountered an issue.",
      ]
    `);
  });

  test('fails when several pictures are taken in another order', async () => {
    expect(await failures('pictures-reversed')).toMatchInlineSnapshot(`
      [
        "several pictures in order: answered right: colours 0 of 14, numbers 0 of 14: guessed, not seen; colours: expected orange, purple, white, green, got "green, white, purple, orange"; colours: expected blue, white, orange, green, got "green, orange, white, blue"; colours: expected white, orange, got "orange, white"; colours: expected green, white, got "white, green"; numbers: expected 4212, 7810, got "7810, 4212"; numbers: expected 7848, 3174, got "3174, 7848"; numbers: expected 5801, 3601, got "3601, 5801"; numbers: expected 8967, 9162, got "9162, 8967"; colours: expected white, purple, blue, orange, got "orange, blue, pur…",
      ]
    `);
  });

  test('fails when one picture a request is allowed', async () => {
    expect(await failures('one-picture-only')).toMatchInlineSnapshot(`
      [
        "several pictures in order: no request was answered; answered right: colours 0 of 14, numbers 0 of 14: guessed, not seen; colours: expected orange, purple, white, green, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 At most 1 image(s) may be provided in one prompt."; colours: expected blue, white, orange, green, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 At most 1 image(s) may be provided in one prompt."; colours: expected white, orange, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 At most 1 image(s) may be provided in one prompt."…",
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

  test('fails when the server ignores the schema of an answer', async () => {
    expect(await failures('schema-ignored')).toMatchInlineSnapshot(`
      [
        "structured output kept to: expected {"ticket":"T5331","colour":one of 8}, answered "The colour is green." (finish reason stop)",
      ]
    `);
  });

  test('fails when an answer looks like the schema and does not fit it', async () => {
    expect(await failures('schema-in-words')).toMatchInlineSnapshot(`
      [
        "structured output kept to: expected {"ticket":"T5331","colour":one of 8}, answered "{\\"ticket\\":\\"T5331\\",\\"colour\\":\\"pinkish\\"}" (finish reason stop)",
      ]
    `);
  });

  test('fails when a picture costs one token more than predicted', async () => {
    expect(await failures('one-token-more')).toMatchInlineSnapshot(`
      [
        "usage equals image tokens: 511x505: 1057 tokens, predicted 1056",
      ]
    `);
  });

  test('fails when large pictures are not scaled down', async () => {
    expect(await failures('no-downscaling')).toMatchInlineSnapshot(`
      [
        "every encoding read: usage.prompt_tokens less the pictures’ tokens must be the same for every colour question, got 21 and 1825",
        "usage equals image tokens: 2048x142: 1161 tokens, predicted 325",
      ]
    `);
  });

  test('fails when one encoding cannot be read', async () => {
    expect(await failures('webp-unknown')).toMatchInlineSnapshot(`
      [
        "every encoding read: WebP: expected 9216, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 Failed to load image: Error: not a picture that can be read", expected 6817, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 Failed to load image: Error: not a picture that can be read", expected 8907, got "no answer: [POST] \\"http://fleet/v1/chat/completions\\": 400 Failed to load image: Error: not a picture that can be read"",
      ]
    `);
  });

  test('fails when transparency is dropped instead of put on white', async () => {
    expect(await failures('alpha-dropped')).toMatchInlineSnapshot(`
      [
        "every encoding read: PNG with alpha: expected 7973, got "", expected 6817, got "", expected 8907, got """,
      ]
    `);
  });

  test('fails when another frame than the first is looked at', async () => {
    expect(await failures('gif-last-frame')).toMatchInlineSnapshot(`
      [
        "every encoding read: animated GIF: expected 8192, got "3146", expected 8907, got "8146", expected 1082, got "9256"",
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
        "every instance answered: 1 of 8 requests at once failed: [POST] "http://fleet/v1/chat/completions": 503 The engine is restarting.",
      ]
    `);
  });

  test('a picture answered wrong at first passes, and the evidence tells', async () => {
    const { report } = await checkFleet(['blind-at-first']);
    expect(failedOf(report)).toEqual([]);
    expect(evidenceOf(report, 'picture answered right')).toMatchInlineSnapshot(
      `"colour: expected red, got "The colour is grey."; colour 5 of 6 right: green / yellow / purple / white / black; shape 7 of 7 right: circle / square / triangle / square / circle / triangle / square; digits 4 of 4 right: 4205 / 3616 / 8526 / 7483; count 5 of 5 right: 2 / 5 / 1 / 3 / 4; position 6 of 6 right: top left / top right / bottom left / bottom right / top left / top right"`,
    );
  });

  test('fails when no instance is expected to serve', async () => {
    const { report } = await checkFleet([], { expectedInstances: [] });
    expect(failedOf(report)).toEqual(['every instance answered']);
    expect(evidenceOf(report, 'every instance answered')).toBe('no instance is in service');
  });
});
