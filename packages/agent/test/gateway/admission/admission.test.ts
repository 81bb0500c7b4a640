import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/gateway/refusal.ts';
import { type Asked, ExactEngine, STEP_SECONDS, type Told } from './exact-engine.ts';

const RUNS = { numRuns: 100 };

/** Requests and the pauses before them. */
const traffic = (asked: fc.Arbitrary<Asked>) =>
  fc.array(fc.record({ asked, pause: fc.double({ min: 0, max: 5, noNaN: true }) }), {
    minLength: 1,
    maxLength: 60,
  });

const anybody: fc.Arbitrary<Asked> = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  priority: fc.constantFrom('interactive', 'batch'),
  tokens: fc.integer({ min: 1, max: 256 }),
  deadlineSeconds: fc.integer({ min: 5, max: 200 }),
});

const costOf = ({ asked }: Told, places: number) => (asked.tokens * STEP_SECONDS) / places;

function run(engine: ExactEngine, requests: readonly { asked: Asked; pause: number }[], after?: () => void) {
  return requests.map(({ asked, pause }) => {
    engine.clock.run(engine.clock.now() + pause);
    const told = engine.ask(asked);
    after?.();
    return told;
  });
}

describe('admission', () => {
  test('lets nobody wait while there is a place', () => {
    fc.assert(
      fc.property(traffic(anybody), fc.integer({ min: 1, max: 8 }), (requests, places) => {
        const engine = new ExactEngine({ places });
        const check = () => {
          expect(engine.running).toBeLessThanOrEqual(places);
          if (engine.admission.queued > 0) expect(engine.running).toBe(places);
        };
        const told = run(engine, requests, check);
        engine.clock.run();
        check();
        expect(engine.admission.queued).toBe(0);
        // Everybody was told something: an answer, or a refusal.
        for (const { endedAt, refusal } of told) expect(endedAt === undefined).toBe(refusal !== undefined);
      }),
      RUNS,
    );
  });

  test('sends nobody to the engine whose answer would come too late', () => {
    fc.assert(
      fc.property(traffic(anybody), fc.integer({ min: 1, max: 4 }), (requests, places) => {
        const engine = new ExactEngine({ places });
        const since: number[] = [];
        const told = run(engine, requests, () => since.push(engine.clock.now()));
        engine.clock.run();
        told.forEach(({ endedAt, asked }, index) => {
          if (endedAt === undefined) return;
          const isAlone = asked.tokens * STEP_SECONDS > (asked.deadlineSeconds ?? 0);
          if (!isAlone) expect(endedAt - since[index]!).toBeLessThanOrEqual(asked.deadlineSeconds! + 1e-6);
        });
      }),
      RUNS,
    );
  });

  test('says honestly when to come back: who then comes is let in, if nobody else has come', () => {
    fc.assert(
      fc.property(traffic(anybody), fc.integer({ min: 1, max: 4 }), (requests, places) => {
        const engine = new ExactEngine({ places, maxInFlight: 12 });
        for (const { asked, pause } of requests) {
          engine.clock.run(engine.clock.now() + pause);
          const { refusal } = engine.ask(asked);
          if (!refusal) continue;
          expect(refusal).toMatchObject({ status: 429, retryAfterSeconds: expect.any(Number) });
          engine.clock.run(engine.clock.now() + refusal.retryAfterSeconds!);
          expect(engine.ask(asked).refusal).toBeUndefined();
        }
      }),
      RUNS,
    );
  });

  test('keeps as many as it is told to, and says when one of them ends', () => {
    const engine = new ExactEngine({ places: 1, maxInFlight: 3 });
    const told = Array.from({ length: 4 }, () => engine.ask({ tokens: 100 }));
    expect(told[3]?.refusal).toMatchObject({
      status: 429,
      message: 'this instance has 3 requests in flight and admits no more',
      retryAfterSeconds: 10,
      reason: 'full',
    });
    engine.clock.run(10);
    expect(engine.ask({ tokens: 100 }).refusal).toBeUndefined();
  });

  test('says what is wanted and how long it would take', () => {
    const engine = new ExactEngine({ places: 1 });
    for (let count = 0; count < 3; count++) engine.ask({ tokens: 200 });
    expect(engine.ask({ tokens: 200, deadlineSeconds: 30 }).refusal).toMatchObject({
      status: 429,
      message:
        'this instance is too busy to answer within 30 s (X-Request-Timeout-Ms): the request would wait 60 s first',
      reason: 'late',
      // 30 s, less the 23 s that an answer of 20 s is reckoned with, may be waited.
      retryAfterSeconds: 53,
    });
  });

  test('a request that others have overtaken until it is too late is told so, and not sent', () => {
    const engine = new ExactEngine({ places: 1 });
    engine.ask({ tokens: 100, priority: 'batch' });
    const batch = engine.ask({ tokens: 100, priority: 'batch', deadlineSeconds: 25 });
    expect(batch.refusal).toBeUndefined();
    for (let count = 0; count < 5; count++) engine.ask({ tokens: 100 });
    engine.clock.run();
    expect(batch).toMatchObject({ startedAt: undefined, refusal: { status: 429, reason: 'overdue' } });
    expect(batch.refusal?.message).toBe(
      "the request's turn did not come early enough for an answer within 25 s (X-Request-Timeout-Ms)",
    );
  });

  test('those who wait can be sent away, and who is at the engine stays', () => {
    const engine = new ExactEngine({ places: 1 });
    const [first, second] = [engine.ask({ tokens: 10 }), engine.ask({ tokens: 10 })];
    engine.admission.sendAway(new Refusal(503, 'going'));
    expect([first?.refusal, second?.refusal?.status]).toEqual([undefined, 503]);
    engine.clock.run();
    expect([first?.endedAt, second?.startedAt]).toEqual([1, undefined]);
  });

  test('who leaves the queue makes room, and is never started', () => {
    const engine = new ExactEngine({ places: 1, maxInFlight: 2 });
    engine.ask({ tokens: 10 });
    const gone = engine.ask({ tokens: 10 });
    gone.ticket?.leave();
    const next = engine.ask({ tokens: 10 });
    engine.clock.run();
    expect([gone.startedAt, next.startedAt]).toEqual([undefined, 1]);
  });
});

describe('who waits comes in', () => {
  test('in equal parts by key, however much one of them asks', () => {
    const sizes = fc.integer({ min: 1, max: 256 });
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 30, maxLength: 60 }), sizes, (greedy, own) => {
        const engine = new ExactEngine({ places: 1 });
        for (const tokens of greedy) engine.ask({ key: 'greedy', tokens, deadlineSeconds: 1e6 });
        for (let count = 0; count < 10; count++)
          engine.ask({ key: 'modest', tokens: own, deadlineSeconds: 1e6 });
        engine.clock.run();
        const served = { greedy: 0, modest: 0 };
        let isContended = false;
        for (const told of engine.started) {
          const key = told.asked.key as keyof typeof served;
          // The first went in before anybody else was there.
          if (isContended) served[key] += costOf(told, 1);
          isContended = true;
          if (engine.started.filter(({ asked }) => asked.key === 'modest').at(-1) === told) break;
          expect(Math.abs(served.greedy - served.modest)).toBeLessThanOrEqual(2 * 256 * STEP_SECONDS + 1e-6);
        }
        expect(served.modest).toBeCloseTo(10 * own * STEP_SECONDS);
      }),
      RUNS,
    );
  });

  test('in the order of its coming within a key', () => {
    const engine = new ExactEngine({ places: 2 });
    const told = Array.from({ length: 20 }, (_, index) => engine.ask({ tokens: 1 + (index % 7) }));
    engine.clock.run();
    expect(engine.started).toEqual(told);
  });

  test('people first, and a tenth is left to batch however long they keep coming', () => {
    const engine = new ExactEngine({ places: 1 });
    engine.ask({ tokens: 10 });
    for (let count = 0; count < 5; count++)
      engine.ask({ tokens: 10, priority: 'batch', deadlineSeconds: 1e6 });
    for (let count = 0; count < 100; count++) engine.ask({ tokens: 10, deadlineSeconds: 1e6 });
    engine.clock.run(60);
    const order = engine.started.slice(1).map(({ asked }) => (asked.priority === 'batch' ? 'b' : '.'));
    expect(order.join('')).toMatch(/^(b?\.{8,10}){4,}/);
    expect(order.filter((one) => one === 'b').length).toBeGreaterThanOrEqual(5);
  });
});
