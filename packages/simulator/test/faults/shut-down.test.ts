import { describe, expect, it } from 'vitest';
import { counting, openStream, pause, post, until } from '../stream.ts';
import { type ServerProcess, startProcess } from './start-process.ts';

const SHUT_DOWN = { status: 500, message: 'cannot schedule new futures after shutdown' };

describe.concurrent('SIGTERM without --shutdown-timeout', () => {
  it('leaves streams and answers without an end, and stays until the clients have left (701)', async () => {
    await using server = await startProcess({ perTokenMs: 20 });
    const { stream, whole, url } = await inFlight(server);
    server.terminate();
    // A tenth of a second only: a busy machine may miss it.
    expect([SHUT_DOWN, undefined]).toContainEqual(await refusalOf(url).catch(() => undefined));
    await until('connections to be refused', () => refuses(url));
    const said = stream.said();
    await pause(300);
    expect(stream.said()).toBe(said);
    expect(await Promise.race([stream.ended, whole.answer, server.exited, pause(10)])).toBeUndefined();
    stream.leave();
    whole.leave();
    const left = performance.now();
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - left).toBeGreaterThan(400);
  });

  it('sometimes says "abort" with what there is (704)', async () => {
    await using server = await startProcess({ perTokenMs: 20, tellsOfShutdown: true });
    const { stream, whole } = await inFlight(server);
    server.terminate();
    await stream.ended;
    expect(stream.text()).toMatch(/"finish_reason":"abort",.*\n\ndata: .*"usage":.*\n\ndata: \[DONE\]\n\n$/);
    const answer = await whole.answer;
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { choices: [{ finish_reason: 'abort' }] },
    ]);
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  it('ends at once when nothing is in flight', async () => {
    await using server = await startProcess({});
    await server.url();
    const began = performance.now();
    server.terminate();
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});

describe.concurrent('SIGTERM with --shutdown-timeout', () => {
  it('finishes what is in flight, refuses what comes, keeps /health, and lingers (702)', async () => {
    await using server = await startProcess(
      { perTokenMs: 5, leaveSeconds: 0.6 },
      { args: ['--shutdown-timeout', '20'] },
    );
    const { stream, whole, url } = await inFlight(server, 60);
    server.terminate();
    expect(await refusalOf(url)).toEqual(SHUT_DOWN);
    await stream.ended;
    expect(stream.said()).toMatch(/^1, 2, .*, 60$/);
    expect((await whole.answer).status).toBe(200);
    const done = performance.now();
    expect(await refusalOf(url)).toEqual(SHUT_DOWN);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - done).toBeGreaterThan(550);
  });

  it.each([
    [false, 'never ends what is not done in time'],
    [true, 'sometimes ends it with an error'],
  ])('that is too short (tellsOfShutdown: %s) %s (703, 704)', async (tellsOfShutdown) => {
    await using server = await startProcess(
      { perTokenMs: 20, tellsOfShutdown },
      { args: ['--shutdown-timeout', '1'] },
    );
    const { stream, whole, url } = await inFlight(server);
    const began = performance.now();
    server.terminate();
    expect(await refusalOf(url)).toEqual(SHUT_DOWN);
    if (tellsOfShutdown) {
      await stream.ended;
      expect(performance.now() - began).toBeGreaterThan(950);
      expect(stream.text()).toMatch(/"EngineCore encountered an issue\..*\n\ndata: \[DONE\]\n\n$/);
      expect((await whole.answer).status).toBe(500);
    } else {
      await until('connections to be refused', () => refuses(url));
      expect(performance.now() - began).toBeGreaterThan(950);
      expect(await Promise.race([stream.ended, whole.answer, pause(200)])).toBeUndefined();
      stream.leave();
      whole.leave();
    }
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });
});

describe.concurrent('the death of the engine', () => {
  it('is told in the log, and ends the server with code 0 as vLLM does', async () => {
    await using server = await startProcess({});
    const url = await server.url();
    await change(server, { engine: 'dead' });
    expect((await fetch(`${url}/health`)).status).toBe(503);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(server.log()).toMatch(
      /ERROR .* RuntimeError: CUDA error: an illegal memory access was encountered/,
    );
  });

  it('leaves the server with VLLM_KEEP_ALIVE_ON_ENGINE_DEATH', async () => {
    await using server = await startProcess(
      { engine: 'dead' },
      { environment: { VLLM_KEEP_ALIVE_ON_ENGINE_DEATH: '1' } },
    );
    const url = await server.url();
    await pause(5_300);
    expect((await fetch(`${url}/health`)).status).toBe(503);
  });
});

/** A stream and an answer without one, in the middle. */
async function inFlight(server: ServerProcess, to = 300) {
  const url = await server.url();
  const leaving = new AbortController();
  const answer = post(url, counting(to), leaving.signal);
  answer.catch(() => undefined);
  const stream = await openStream(url, counting(to, { stream_options: { include_usage: true } }));
  await until('some text', () => stream.said().length > 3);
  return { url, stream, whole: { answer, leave: () => leaving.abort() } };
}

async function change(server: ServerProcess, behaviour: object): Promise<void> {
  const url = `${await server.controlUrl()}/behaviour`;
  const answer = await fetch(url, { method: 'PATCH', body: JSON.stringify(behaviour) });
  expect(answer.status).toBe(200);
}

async function refusalOf(url: string) {
  let found: { status: number; message: string } | undefined;
  await until('a refusal', async () => {
    const leaving = AbortSignal.timeout(500);
    const answer = await post(url, counting(2), leaving);
    const body = (await answer.json()) as { error?: { message: string } };
    found = { status: answer.status, message: body.error?.message ?? '' };
    return answer.status !== 200;
  });
  return found;
}

async function refuses(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    () => false,
    (error: { cause?: { code?: string } }) => error.cause?.code === 'ECONNREFUSED',
  );
}
