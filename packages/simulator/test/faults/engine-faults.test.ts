import { connect } from 'node:net';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { startSimulator } from '../start-simulator.ts';
import { counting, openStream, pause, post, until } from '../stream.ts';

const DEAD = {
  error: {
    message: 'EngineCore encountered an issue. See stack trace (above) for the root cause.',
    type: 'InternalServerError',
    param: null,
    code: 500,
  },
};

describe('an engine that hangs', () => {
  it('gives no token while /health stays 200, and goes on where it was', async () => {
    await using server = await startSimulator({ perTokenMs: 5 });
    const stream = await openStream(server.url, counting(60));
    const began = performance.now();
    await until('some text', () => stream.said().length > 10);
    server.simulator.changeBehaviour({ hang: true });
    const stopped = performance.now();
    await pause(30);
    const said = stream.said();
    await pause(150);
    expect(stream.said()).toBe(said);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    // What comes meanwhile is accepted, and waits too; what is wrong with it is told.
    const other = post(server.url, counting(2));
    expect((await post(server.url, { messages: [] })).status).toBe(400);
    expect(await Promise.race([other, pause(100)])).toBeUndefined();
    const hung = performance.now() - stopped;
    server.simulator.changeBehaviour({ hang: false });
    await stream.ended;
    // 120 tokens of 5 ms; nothing is made up for.
    expect(performance.now() - began).toBeGreaterThan(hung + 500);
    expect((await other).status).toBe(200);
    expect(stream.said()).toMatch(/^1, 2, 3, .* 59, 60$/);
  });

  it('lets clients leave', async () => {
    await using server = await startSimulator({ hang: true });
    const leaving = new AbortController();
    const answer = post(server.url, counting(3), leaving.signal);
    await until('a request in the engine', async () => (await gauge(server.url, 'running')) === 1);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await until('nothing in the engine', async () => (await gauge(server.url, 'running')) === 0);
  });
});

describe('an engine that dies', () => {
  it('is lost at first: no token, and /health 200; then dead: errors, and /health 503', async () => {
    await using server = await startSimulator({ perTokenMs: 5 });
    const stream = await openStream(server.url, counting(200));
    const whole = post(server.url, counting(200));
    await until('some text', () => stream.said().length > 10);
    server.simulator.changeBehaviour({ engine: 'lost' });
    const late = post(server.url, counting(2));
    await pause(150);
    expect(stream.text()).not.toContain('[DONE]');
    expect((await fetch(`${server.url}/health`)).status).toBe(200);

    server.simulator.changeBehaviour({ engine: 'dead' });
    await stream.ended;
    expect(stream.text()).toMatch(
      /data: \{"error": \{"message": "EngineCore encountered an issue\..*\n\ndata: \[DONE\]\n\n$/,
    );
    for (const answer of [await whole, await late, await post(server.url, counting(2))]) {
      expect([answer.status, await answer.json()]).toEqual([500, DEAD]);
    }
    const health = await fetch(`${server.url}/health`);
    expect([health.status, await health.text()]).toEqual([503, '']);
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(200);
  });

  it('does not come back', async () => {
    await using server = await startSimulator({ engine: 'dead' });
    expect(() => server.simulator.changeBehaviour({ engine: 'alive' })).toThrowErrorMatchingInlineSnapshot(
      `[SimulatorUsageError: change of behaviour: "engine" cannot become "alive" again, it is "dead"; restart the server]`,
    );
    expect(() => server.simulator.changeBehaviour({ engine: 'lost' })).toThrowErrorMatchingInlineSnapshot(
      `[SimulatorUsageError: change of behaviour: "engine" cannot become "lost", it is "dead" and told; restart the server]`,
    );
  });
});

describe('a stream that breaks', () => {
  it('ends with the recorded frame behind so many tokens (414)', async () => {
    await using server = await startSimulator({ midStreamErrorAfterTokens: 4 });
    const stream = await openStream(server.url, counting(60, { stream_options: { include_usage: true } }));
    await stream.ended;
    expect(stream.status).toBe(200);
    expect(stream.said()).toBe('1, 2,');
    expect(stream.text()).toMatch(
      /data: \{"error": \{"message": "Internal server error", "type": "InternalServerError", "param": null, "code": 500\}\}\n\ndata: \[DONE\]\n\n$/,
    );
    expect(stream.text()).not.toContain('usage');
  });

  it('and one that is shorter does not', async () => {
    await using server = await startSimulator({ midStreamErrorAfterTokens: 4 });
    const stream = await openStream(server.url, counting(1));
    await stream.ended;
    expect(stream.text()).not.toContain('error');
  });
});

describe('what a model sees', () => {
  it('changes while it runs', async () => {
    await using server = await startSimulator();
    const png = await sharp({ create: { width: 80, height: 60, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const image_url = { url: `data:image/png;base64,${png.toString('base64')}` };
    const content = [
      { type: 'image_url', image_url },
      { type: 'text', text: 'What colour is this picture?' },
    ];
    const ask = async () => {
      const answer = await post(server.url, { messages: [{ role: 'user', content }] });
      const body = (await answer.json()) as { choices: [{ message: { content: string } }] };
      return body.choices[0].message.content;
    };
    expect(await ask()).toBe('red');
    server.simulator.changeBehaviour({ mutant: 'stale-revision' });
    expect(await ask()).toBe('blue');
    server.simulator.changeBehaviour({ mutant: '' });
    expect(await ask()).toBe('red');
  });
});

describe('an idle connection', () => {
  it('is closed after the seconds of keep-alive and not before', async () => {
    await using server = await startSimulator({}, { keepAliveSeconds: 0.3 });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    const began = performance.now();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(performance.now() - began).toBeGreaterThan(280);
    expect(performance.now() - began).toBeLessThan(900);
  });
});

async function gauge(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^vllm:num_requests_${name}\\{.*\\} (.*)$`, 'm').exec(text)?.[1]);
}
