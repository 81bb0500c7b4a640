import { describe, expect, test } from 'vitest';
import { CHECKS, type CheckResult, CouldNotRunError, runChecks } from '../src/index.ts';
import { checkFleet, evidenceOf, failedOf } from './scripted-fleet/check-fleet.ts';
import { API_KEY, MODEL, startScriptedFleet } from './scripted-fleet/start-scripted-fleet.ts';

const SEES = 'picture answered right';

describe('runChecks', () => {
  test('a right fleet passes every check', async () => {
    const told: CheckResult[] = [];
    const { report } = await checkFleet([], { onCheck: (result) => told.push(result) });
    expect(failedOf(report)).toEqual([]);
    expect(report).toMatchObject({ version: 1, ok: true, model: MODEL });
    expect(new Date(report.startedAt).toISOString()).toBe(report.startedAt);
    expect(report.checks.map(({ name }) => name)).toEqual(CHECKS.map(({ name }) => name));
    expect(told).toEqual(report.checks);
    expect(report.checks.every(({ advice }) => advice === undefined)).toBe(true);
    expect(report.checks.map(({ name }) => `${name}: ${evidenceOf(report, name)}`)).toMatchInlineSnapshot(`
      [
        "reachable: GET /v1/models answered 200 in # ms",
        "models listed: pixtral-12b, context 16384 tokens",
        "wrong key refused: 401 for no key, another key, a key cut short and one letter too many, on 2 paths",
        "other paths refused: 404 for GET /metrics, GET /docs, GET /openapi.json, POST /tokenize, POST /invocations, POST /v1/completions",
        "text completion: answered "orchard." in 3 tokens",
        "picture answered right: colour 4 of 4 right: red / green / yellow / purple; shape 7 of 7 right: circle / square / triangle / square / circle / triangle / square; digits 4 of 4 right: 4205 / 3616 / 8526 / 7483; count 5 of 5 right: 2 / 5 / 1 / 3 / 4; position 6 of 6 right: top left / top right / bottom left / bottom right / top left / top right",
        "several pictures in order: colours 4 of 4 right: orange, purple, white, green / blue, white, orange, green / white, orange / green, white; numbers 4 of 4 right: 4212, 7810 / 7848, 3174 / 5801, 3601 / 8967, 9162",
        "every encoding read: PNG with alpha: 7973; palette PNG: 6239; 16-bit PNG: 9180; JPEG: 9131; WebP: 9216; GIF: 5206; animated GIF: 8192; 1x1 PNG: purple; 1024x1024 PNG: black; 1280x1024 PNG: yellow",
        "streamed completion with usage: "The colour is orange.", finish reason stop, 147 + 3 tokens in # ms",
        "usage equals image tokens: 511x505: 1056, 2048x142: 325 tokens beside 5 of text, as predicted",
        "structured output kept to: {"ticket":"T5331","colour":"red"}",
        "broken picture refused: truncated PNG: 400 "Failed to load image: RangeError: Offset is outside the bounds of the DataView"; zero bytes: 400 "Failed to load image: Error: Input Buffer is empty"; not a picture: 400 "Failed to load image: Error: not a picture that can be read"",
        "turned JPEG refused or read upright: JPEG with EXIF orientation 6: 400 "Failed to load image: Error: the JPEG is to be turned by its EXIF orientation"",
        "oversize picture refused: 10000x10000 PNG: 400 "picture 1 has 100000000 pixels, at most 20000000 are allowed" after # ms",
        "remote picture refused: http://169.254.169.254/latest/meta-data/iam/security-credentials/: 400 after # ms; file:///etc/hostname: 400 after # ms",
        "every instance answered: answered: i-0001 (4), i-0002 (4)",
      ]
    `);
  });

  test('a base URL may end in /v1, and instances need not be named', async () => {
    await using fleet = await startScriptedFleet();
    const report = await runChecks({ baseUrl: `${fleet.url}/v1/`, apiKey: API_KEY, model: MODEL });
    expect(failedOf(report)).toEqual([]);
    expect(evidenceOf(report, 'every instance answered')).toBe('answered: i-0001 (8), i-0002 (8)');
  });

  test('draws new pictures in every run', async () => {
    await using fleet = await startScriptedFleet();
    const endpoint = { baseUrl: fleet.url, apiKey: API_KEY, model: MODEL };
    const [one, two] = [await runChecks(endpoint), await runChecks(endpoint)];
    expect(evidenceOf(one, 'picture answered right')).not.toBe(evidenceOf(two, 'picture answered right'));
  });

  test('a wrong key ends it at once, and the rest is not run', async () => {
    const { report, requests } = await checkFleet([], { apiKey: 'not-the-right-key' });
    expect(failedOf(report)).toEqual(CHECKS.slice(1).map(({ name }) => name));
    expect(evidenceOf(report, 'models listed')).toMatchInlineSnapshot(
      `"[GET] "http://fleet/v1/models": 401 Unauthorized"`,
    );
    expect(evidenceOf(report, SEES)).toBe('not run: the API key is wrong');
    expect(requests).toEqual(['GET /v1/models', 'GET /v1/models']);
  });

  test('a key that the server sends back is not in the report', async () => {
    const { report } = await checkFleet(['echoes-key'], { apiKey: 'secret-but-wrong' });
    expect(evidenceOf(report, 'models listed')).toContain('Bearer ***');
    expect(JSON.stringify(report)).not.toContain('secret-but-wrong');
  });

  test('a closed port is told as such, and the rest is not run', async () => {
    await using fleet = await startScriptedFleet();
    await fleet.close();
    const report = await runChecks({ baseUrl: fleet.url, apiKey: API_KEY, model: MODEL });
    expect(failedOf(report)).toEqual(CHECKS.map(({ name }) => name));
    expect(evidenceOf(report, 'reachable')).toBe('GET /v1/models: no answer: connect ECONNREFUSED fleet');
    expect(evidenceOf(report, SEES)).toBe('not run: the endpoint is not reachable');
  });

  test('a balancer without instances is not reachable', async () => {
    const { report, requests } = await checkFleet(['nobody-behind']);
    expect(evidenceOf(report, 'reachable')).toBe(
      'GET /v1/models: 503, so no instance stands behind the endpoint',
    );
    expect(requests).toHaveLength(3);
  });

  test.each([
    [
      { baseUrl: 'fleet.example' },
      'endpoint must be an http or https URL such as http://localhost:8080, got "fleet.example"',
    ],
    [{ baseUrl: '' }, 'endpoint must be an http or https URL such as http://localhost:8080, got ""'],
    [
      { baseUrl: 'ftp://a/' },
      'endpoint must be an http or https URL such as http://localhost:8080, got "ftp://a/"',
    ],
    [
      { baseUrl: 'http://me:secret@host/' },
      'endpoint must be scheme, host, port and path only, without user, "?" or "#", got a URL for host host',
    ],
    [
      { apiKey: '' },
      'API key is empty: a fleet always has one (its secret is among the stack outputs); set PIXTRAL_API_KEY',
    ],
    [
      { apiKey: 'key\n' },
      'API key must consist of visible ASCII characters; remove spaces and line ends around it',
    ],
    [{ model: ' ' }, 'model is empty: give the served model name, such as pixtral-12b'],
  ])('fails when it cannot run: %j', async (wrong, message) => {
    const run = runChecks({ baseUrl: 'http://127.0.0.1:1', apiKey: API_KEY, model: MODEL, ...wrong });
    await expect(run).rejects.toThrow(new CouldNotRunError(message));
  });

  test('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('interrupted');
    const run = checkFleet([], {
      signal: controller.signal,
      onCheck: ({ name }) => {
        if (name === 'text completion') controller.abort(reason);
      },
    });
    await expect(run).rejects.toBe(reason);
  });
});
