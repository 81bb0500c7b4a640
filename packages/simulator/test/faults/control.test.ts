import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlServer, startControlServer } from '../../src/control/control-server.ts';
import { DEFAULT_BEHAVIOUR } from '../../src/index.ts';
import { LiveBehaviour } from '../../src/live-behaviour.ts';
import { startSimulator } from '../start-simulator.ts';

let behaviour: LiveBehaviour;
let control: ControlServer;
beforeEach(async () => {
  behaviour = new LiveBehaviour(DEFAULT_BEHAVIOUR);
  control = await startControlServer(behaviour, { port: 0 });
});
afterEach(() => control.close());

const send = (method: string, body?: string, path = '/behaviour') =>
  fetch(`http://127.0.0.1:${control.port}${path}`, { method, ...(body === undefined ? {} : { body }) });

describe('the control endpoint', () => {
  it('shows the behaviour and changes some of it', async () => {
    expect(await (await send('GET')).json()).toEqual(DEFAULT_BEHAVIOUR);
    const changed = await send('PATCH', '{"hang": true, "perTokenMs": 7}');
    expect([changed.status, await changed.json()]).toEqual([
      200,
      { ...DEFAULT_BEHAVIOUR, hang: true, perTokenMs: 7 },
    ]);
    expect(behaviour.values).toMatchObject({ hang: true, perTokenMs: 7 });
  });

  it.each([
    ['{"hang": "yes"}', 'PATCH /behaviour: "hang" must be a boolean, got "yes"'],
    ['{"perTokenMs": -1}', 'PATCH /behaviour: "perTokenMs" must be a number from 0, got -1'],
    ['{"engine": "ill"}', 'PATCH /behaviour: "engine" must be one of alive, lost, dead, got "ill"'],
    ['{"engineSpeedup": 0}', 'PATCH /behaviour: "engineSpeedup" must be a number above 0, got 0'],
    ['[]', 'PATCH /behaviour must hold a JSON object, got []'],
    ['{', 'PATCH /behaviour: expected a JSON object such as {"hang": true}, got "{"'],
    [
      '{"kvTokens": 64}',
      'PATCH /behaviour: "kvTokens" is decided at the start, got a change while the server runs; set it in the file of PIXTRAL_SIMULATE_FILE and restart',
    ],
  ])('refuses %s, and changes nothing', async (body, error) => {
    const answer = await send('PATCH', body);
    expect([answer.status, await answer.json()]).toEqual([400, { error }]);
    expect(behaviour.values).toEqual(DEFAULT_BEHAVIOUR);
  });

  it('names the known options to one that it does not know', async () => {
    const { error } = (await (await send('PATCH', '{"perTokenMs": 1, "deaf": true}')).json()) as {
      error: string;
    };
    expect(error).toMatch(/^PATCH \/behaviour: unknown option "deaf"; known: blind, loadSeconds, /);
    expect(behaviour.values.perTokenMs).toBe(DEFAULT_BEHAVIOUR.perTokenMs);
  });

  it('takes options of loading until it is over', async () => {
    expect((await send('PATCH', '{"neverReady": true}')).status).toBe(200);
    behaviour.loaded = true;
    const answer = await send('PATCH', '{"neverReady": false}');
    expect(await answer.json()).toEqual({
      error:
        'PATCH /behaviour: "neverReady" is about loading, got a change after it; set it in the file of PIXTRAL_SIMULATE_FILE and restart',
    });
  });

  it('has one path and two methods', async () => {
    const path = await send('GET', undefined, '/health');
    expect([path.status, await path.json()]).toEqual([
      404,
      { error: 'unknown path /health; expected /behaviour' },
    ]);
    const method = await send('PUT', '{}');
    expect([method.status, method.headers.get('allow'), await method.json()]).toEqual([
      405,
      'GET, PATCH',
      { error: 'unknown method PUT; expected GET or PATCH' },
    ]);
  });

  it('is not on the port of the model server', async () => {
    await using server = await startSimulator();
    for (const method of ['GET', 'PATCH']) {
      const answer = await fetch(`${server.url}/behaviour`, { method });
      expect([answer.status, await answer.json()]).toEqual([404, { detail: 'Not Found' }]);
    }
  });

  it('listens on a Unix socket, and takes it away', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'control-'));
    const socketPath = join(folder, 'control.sock');
    const server = await startControlServer(behaviour, { socketPath });
    const status = await new Promise((resolve, reject) => {
      request({ socketPath, path: '/behaviour' }, (answer) => resolve(answer.resume().statusCode))
        .once('error', reject)
        .end();
    });
    expect(status).toBe(200);
    await server.close();
    await expect(stat(socketPath)).rejects.toThrow('ENOENT');
    await rm(folder, { recursive: true });
  });
});

describe('a mutant', () => {
  it('can be put in and taken out while the server runs', () => {
    behaviour.change({ mutant: 'hung' }, 'test');
    expect(behaviour.values.hang).toBe(true);
    behaviour.change({ mutant: '' }, 'test');
    expect(behaviour.values).toEqual(DEFAULT_BEHAVIOUR);
  });
});
