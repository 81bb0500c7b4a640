import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  type BatchOptions,
  type BatchProgress,
  type BatchResult,
  type BatchSource,
  createClient,
  mapImages,
  type PixtralClient,
} from '../../src/index.ts';
import { type CountingServer, type Reply, refuse, startCountingServer } from './counting-server.ts';
import { items, PNG } from './pictures.ts';

let server: CountingServer;
let client: PixtralClient;
afterEach(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

async function serve(reply?: Reply): Promise<void> {
  server = await startCountingServer(reply);
  client = createClient({ baseUrl: server.url, model: 'm' });
}

function run(source: BatchSource<unknown>, options: Partial<BatchOptions> = {}) {
  return mapImages(source, 'What is it?', { client, backoffMs: 1, ...options });
}

async function all<T>(results: AsyncIterable<T>): Promise<{ readonly seen: T[]; readonly error: unknown }> {
  const seen: T[] = [];
  try {
    for await (const result of results) seen.push(result);
    return { seen, error: undefined };
  } catch (error) {
    return { seen, error };
  }
}

describe('a batch', () => {
  it('gives results in order, whatever the order of the answers', async () => {
    await serve(async (question) => {
      await sleep((Number(question.slice(5)) * 7) % 5);
      return `re: ${question}`;
    });
    const { seen, error } = await all(run(items(40)));
    expect(error).toBeUndefined();
    expect(seen.map((result) => result.ok && result.answer)).toEqual(items(40).map(({ id }) => `re: ${id}`));
    expect(seen[3]).toMatchObject({ index: 3, attempts: 1, resumed: false, usage: { total_tokens: 12 } });
  });

  it('takes pictures alone, and async sources', async () => {
    await serve();
    async function* source() {
      yield PNG;
      yield { image: [PNG, PNG], data: 7 };
    }
    const { seen } = await all(mapImages(source(), 'What is it?', { client }));
    expect(seen.map(({ id, item, ok }) => [id, item.data, ok])).toEqual([
      ['#0', undefined, true],
      ['#1', 7, true],
    ]);
    expect(server.asked.get('What is it?')).toBe(2);
  });

  it('never has more items open than requests may be in flight', async () => {
    await serve(async (question) => {
      await sleep(1);
      return question;
    });
    let read = 0;
    let finished = 0;
    let mostAhead = 0;
    function* source() {
      for (const item of items(60)) {
        mostAhead = Math.max(mostAhead, ++read - finished);
        yield item;
      }
    }
    await all(run(source(), { concurrency: 5, onProgress: () => finished++ }));
    expect(finished).toBe(60);
    expect(mostAhead).toBeLessThanOrEqual(5);
    expect(server.mostInFlight()).toBeLessThanOrEqual(5);
  });

  it('stops reading when nobody takes the results', async () => {
    await serve();
    let read = 0;
    function* source() {
      for (const item of items(2_000)) {
        read++;
        yield item;
      }
    }
    const results = run(source(), { concurrency: 2 });
    await results.next();
    await expect.poll(() => read, { timeout: 10_000 }).toBeGreaterThan(250);
    await results.return();
    expect(read).toBeLessThan(270);
  });

  it('has the error of an item as its result, not tried again', async () => {
    await serve((question, response) => (question === 'item 1' ? refuse(response, 400) : `re: ${question}`));
    const broken = { id: 'broken', image: Buffer.from('no picture'), question: 'never' };
    const { seen } = await all(run([...items(3), broken]));
    expect(seen.map(({ ok }) => ok)).toEqual([true, false, true, false]);
    expect(seen[1]).toMatchObject({ attempts: 1, error: { name: 'ApiError', status: 400 } });
    expect(seen[3]).toMatchObject({ error: { name: 'InvalidRequestError' } });
    expect(server.asked.get('item 1')).toBe(1);
    expect(server.asked.has('never')).toBe(false);
  });

  it('tries again after 429, 503, 500 and a broken connection, with the client itself silent', async () => {
    const replies: Readonly<Record<string, number>> = { 'item 0': 429, 'item 1': 503, 'item 2': 500 };
    await serve((question, response, times) => {
      if (times === 1 && question === 'item 3') return void response.destroy();
      const status = replies[question];
      return times === 1 && status ? refuse(response, status) : 'yes';
    });
    const { seen } = await all(run(items(5)));
    expect(seen.map(({ ok, attempts }) => [ok, attempts])).toEqual([
      [true, 2],
      [true, 2],
      [true, 2],
      [true, 2],
      [true, 1],
    ]);
    expect([...server.asked.values()]).toEqual([2, 2, 2, 2, 1]);
  });

  it('sends nothing before a Retry-After is over', async () => {
    const arrivals: number[] = [];
    await serve((question, response, times) => {
      arrivals.push(performance.now());
      return times === 1 && question === 'item 0' ? refuse(response, 429, { 'retry-after': '1' }) : 'yes';
    });
    await all(run(items(3), { concurrency: 1 }));
    expect(arrivals).toHaveLength(4);
    expect(arrivals[1]! - arrivals[0]!).toBeGreaterThan(950);
  });

  it('waits for capacity as long as others get some', async () => {
    await serve(async (question, response, times) => {
      if (question !== 'item 0' || times === 12) return 'yes';
      // Two in flight: two more questions mean that another one was answered.
      while (server.asked.size < times * 3) await sleep(1);
      return refuse(response, 503);
    });
    const { seen, error } = await all(run(items(100), { attempts: 2, concurrency: 2 }));
    expect(error).toBeUndefined();
    expect(seen.every(({ ok }) => ok)).toBe(true);
  });

  it('gives up an item that breaks the server each time, and goes on', async () => {
    await serve((question, response) => {
      if (question !== 'item 0') return 'yes';
      response.destroy();
      return undefined;
    });
    const { seen, error } = await all(run(items(3), { attempts: 3, concurrency: 1 }));
    expect(error).toBeUndefined();
    expect(seen.map(({ ok, attempts }) => [ok, attempts])).toEqual([
      [false, 3],
      [true, 1],
      [true, 1],
    ]);
  });

  it.each([
    [401, 'refused', 4],
    [404, 'refused', 4],
    [503, 'unavailable', 16],
    [400, 'all-alike', 14],
  ])('stops when everything is answered with %i', async (status, reason, most) => {
    await serve((_question, response) => refuse(response, status));
    const { error } = await all(run(items(10_000), { attempts: 3, concurrency: 4 }));
    expect(error).toMatchObject({ name: 'BatchStoppedError', reason, cause: { status } });
    expect([...server.asked.values()].reduce((sum, times) => sum + times, 0)).toBeLessThanOrEqual(most);
  });

  it('stops when nothing listens', async () => {
    await serve();
    await server[Symbol.asyncDispose]();
    server = await startCountingServer();
    const nobody = createClient({ baseUrl: 'http://127.0.0.1:1', model: 'm' });
    const { seen, error } = await all(run(items(10_000), { client: nobody, attempts: 2 }));
    await nobody.close();
    expect(seen).toEqual([]);
    expect(error).toMatchObject({ name: 'BatchStoppedError', reason: 'unavailable', retryable: true });
  });

  it('refuses an id that comes twice, after what came before', async () => {
    await serve();
    const { seen, error } = await all(run([...items(2), { id: 'item 0', image: PNG }]));
    expect(seen).toHaveLength(2);
    expect(error).toMatchObject({
      name: 'InvalidRequestError',
      message: 'item 2 has the id "item 0" of an earlier item; give each an id of its own',
    });
  });

  it('finishes what is in flight when it is stopped, and says so', async () => {
    const stop = new AbortController();
    await serve((question) => {
      if (question === 'item 5') stop.abort();
      return 'yes';
    });
    const { seen, error } = await all(run(items(1_000), { stop: stop.signal, concurrency: 3 }));
    expect(error).toMatchObject({ name: 'AbortError', message: 'the batch was stopped' });
    expect(seen.length).toBeGreaterThanOrEqual(6);
    expect(seen.length).toBe(server.asked.size);
  });

  it.each(['signal', 'break'])('aborts what is in flight by %s', async (how) => {
    const abort = new AbortController();
    const closed = Promise.withResolvers<void>();
    await serve((question, response) => {
      if (question === 'item 0') return 'yes';
      response.once('close', () => closed.resolve());
      return undefined;
    });
    const results = run(items(10), { signal: abort.signal, concurrency: 2 });
    expect((await results.next()).value).toMatchObject({ ok: true });
    await expect.poll(() => server.asked.size).toBeGreaterThan(1);
    if (how === 'break') await results.return();
    else {
      abort.abort();
      await expect(results.next()).rejects.toMatchObject({ name: 'AbortError' });
    }
    await closed.promise;
  });

  it('does not hang on a source that hangs when it is aborted', async () => {
    await serve();
    const abort = new AbortController();
    async function* source() {
      yield { image: PNG };
      await new Promise(() => undefined);
    }
    const results = run(source(), { signal: abort.signal });
    await results.next();
    abort.abort();
    await expect(results.next()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('throws what the source throws, after the results before it', async () => {
    await serve();
    function* source() {
      yield* items(2);
      throw new Error('the list ends in the middle');
    }
    const { seen, error } = await all(run(source()));
    expect(seen).toHaveLength(2);
    expect(error).toMatchObject({ message: 'the list ends in the middle' });
  });

  it('grows with answers and shrinks with refusals', async () => {
    let inFlight = 0;
    await serve(async (_question, response) => {
      response.once('close', () => inFlight--);
      if (++inFlight > 6) return refuse(response, 429);
      await sleep(2);
      return 'yes';
    });
    const limits: number[] = [];
    const { seen } = await all(
      run(items(400), { concurrency: { start: 1, max: 32 }, onProgress: (p) => limits.push(p.concurrency) }),
    );
    expect(seen.every(({ ok }) => ok)).toBe(true);
    expect(Math.max(...limits)).toBeGreaterThan(4);
    expect(limits.some((limit, at) => limit < (limits[at - 1] ?? 0))).toBe(true);
  });

  it('tells its progress', async () => {
    await serve((question, response) => (question === 'item 2' ? refuse(response, 400) : 'yes'));
    const seen: BatchProgress[] = [];
    await all(run(items(5), { onProgress: (progress) => seen.push(progress) }));
    expect(seen).toHaveLength(5);
    expect(seen.at(-1)).toMatchObject({
      done: 4,
      failed: 1,
      resumed: 0,
      total: 5,
      remainingMs: 0,
      promptTokens: 40,
      completionTokens: 8,
    });
  });

  it('runs a function, typed by what it returns', async () => {
    await serve();
    const results = mapImages(
      items(2),
      async ({ question = '' }, { client: given, call, attempt }) => {
        await given.models.list(call);
        return { length: question.length, attempt };
      },
      { client },
    );
    expectTypeOf(results).toEqualTypeOf<
      AsyncGenerator<BatchResult<{ length: number; attempt: number }, unknown>, void, undefined>
    >();
    const { seen } = await all(results);
    expect(seen.map((result) => result.ok && result.answer)).toEqual([
      { length: 6, attempt: 1 },
      { length: 6, attempt: 1 },
    ]);
  });

  it.each([
    [0, 'whole numbers of 1 or more'],
    [{ min: 4, max: 2 }, 'min ≤ start ≤ max'],
  ])('refuses the concurrency %j', async (concurrency, message) => {
    await serve();
    const { error } = await all(run(items(1), { concurrency }));
    expect(error).toMatchObject({ name: 'InvalidRequestError' });
    expect(String(error)).toContain(message);
  });
});
