import { findCheckpoint, findInstanceType, fitCheckpoint } from '@pixtral-fleet/catalog';
import { resolveEngineModel } from '@pixtral-fleet/simulator/engine-model';
import { Admission } from '../../src/gateway/admission/admission.ts';
import { promptTokens } from '../../src/gateway/admission/engine-pace.ts';
import { createInstancePace } from '../../src/gateway/admission/index.ts';
import { Refusal } from '../../src/gateway/refusal.ts';
import { seededRandom } from '../../test/bench/seeded-random.ts';
import { type Arrival, drawArrival, drawPause } from './traffic.ts';
import { VirtualClock } from './virtual-clock.ts';
import { VirtualEngine } from './virtual-engine.ts';

export interface OverloadOptions {
  readonly checkpoint: string;
  readonly instanceType: string;
  readonly maxNumSeqs: number;
  /** How many times slower the engine is than the model by which the gateway begins. */
  readonly slowdown: number;
  /** Requests a second that come, whatever becomes of the earlier ones. */
  readonly perSecond: number;
  /** How long each client waits for its whole answer. */
  readonly deadlineSeconds: number;
  /** Whether the gateway's admission stands before the engine; else everything goes to the engine at once. */
  readonly admission: boolean;
  readonly seed: number;
  /** @default 1_800 */
  readonly seconds?: number;
}

export interface OverloadResult {
  /** Whole answers within the deadline, a second. */
  readonly goodPerSecond: number;
  /** Image tokens of the requests that they answer, a second. */
  readonly goodImageTokensPerSecond: number;
  readonly arrived: number;
  readonly good: number;
  /** Told 429, at once or later. */
  readonly refused: number;
  /** Let in and not answered in time: their clients have left. */
  readonly late: number;
  /** Of the good ones, in seconds. */
  readonly p50: number;
  readonly p99: number;
}

/** What is measured begins after this part of the time: queues and estimates have settled. */
const WARM_UP = 0.2;

/** Requests at the engine and in the queue, in batches: as the stack configures it. */
const BATCHES_IN_FLIGHT = 4;

/** An instance under a load, in virtual time: the simulator's engine, the gateway's own admission, clients that leave. */
export function runOverload(options: OverloadOptions): OverloadResult {
  const { perSecond, deadlineSeconds, maxNumSeqs, seconds = 1_800 } = options;
  const clock = new VirtualClock();
  const random = seededRandom(options.seed);
  const engine = createEngine({ ...options, clock });
  const pace = createInstancePace(options);
  const { kvTokens } = resolve(options);
  const admission = new Admission({
    capacity: () => ({ places: maxNumSeqs, tokens: kvTokens }),
    maxInFlight: maxNumSeqs * BATCHES_IN_FLIGHT,
    pace,
    clock,
    random,
  });
  const begin = seconds * WARM_UP;
  const counts = { arrived: 0, refused: 0, late: 0, imageTokens: 0 };
  const times: number[] = [];

  const send = ({ work, answerTokens }: Arrival) => {
    const at = clock.now();
    const isCounted = at >= begin;
    if (isCounted) counts.arrived += 1;
    let isOver = false;
    let stop = () => {};
    const over = () => {
      if (isOver) return false;
      isOver = true;
      leave();
      return true;
    };
    const leave = clock.after(deadlineSeconds, () => {
      if (!over()) return;
      if (isCounted) counts.late += 1;
      stop();
      ticket?.leave();
    });
    const ask = () => {
      const size = { promptTokens: promptTokens(work), cachedTokens: 0, choices: 1, answerTokens };
      const pictures = work.pictures.map((tokens) => ({ tokens, patches: tokens }));
      stop = engine.submit({
        ...size,
        pictures,
        onFirstToken: () => ticket?.firstToken(),
        onEnd: () => {
          ticket?.leave({ tokens: answerTokens, wasCut: false });
          if (!over() || !isCounted) return;
          times.push(clock.now() - at);
          counts.imageTokens += work.pictures[0] ?? 0;
        },
      });
    };
    const refuse = () => {
      if (over() && isCounted) counts.refused += 1;
    };
    let ticket: ReturnType<Admission['enter']> | undefined;
    if (!options.admission) return ask();
    try {
      ticket = admission.enter({
        key: 'default',
        priority: 'interactive',
        work,
        deadline: { seconds: deadlineSeconds, isOwn: true },
        stream: false,
        onStart: ask,
        onRefused: refuse,
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse();
    }
  };
  const arrive = () => {
    send(drawArrival(random));
    clock.after(drawPause(random, perSecond), arrive);
  };
  arrive();
  clock.run(seconds);
  times.sort((a, b) => a - b);
  const measured = seconds - begin;
  return {
    goodPerSecond: times.length / measured,
    goodImageTokensPerSecond: counts.imageTokens / measured,
    arrived: counts.arrived,
    good: times.length,
    refused: counts.refused,
    late: counts.late,
    p50: times[Math.floor(times.length * 0.5)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}

/** Answers a second of a batch that is always full and whose clients wait for ever: more there cannot be. */
export function measureMaximum(
  options: Pick<
    OverloadOptions,
    'checkpoint' | 'instanceType' | 'maxNumSeqs' | 'slowdown' | 'seed' | 'seconds'
  >,
): { readonly perSecond: number; readonly imageTokensPerSecond: number } {
  const { seconds = 1_800 } = options;
  const clock = new VirtualClock();
  const random = seededRandom(options.seed);
  const engine = createEngine({ ...options, clock });
  const begin = seconds * WARM_UP;
  let [answers, imageTokens] = [0, 0];
  const ask = () => {
    const { work, answerTokens } = drawArrival(random);
    const pictures = work.pictures.map((tokens) => ({ tokens, patches: tokens }));
    engine.submit({
      ...{ promptTokens: promptTokens(work), cachedTokens: 0, choices: 1, answerTokens, pictures },
      onFirstToken: () => undefined,
      onEnd: () => {
        if (clock.now() >= begin) {
          answers += 1;
          imageTokens += work.pictures[0] ?? 0;
        }
        ask();
      },
    });
  };
  for (let count = 0; count < 2 * options.maxNumSeqs; count++) ask();
  clock.run(seconds);
  return { perSecond: answers / (seconds - begin), imageTokensPerSecond: imageTokens / (seconds - begin) };
}

type EngineOptions = Pick<OverloadOptions, 'checkpoint' | 'instanceType' | 'maxNumSeqs' | 'slowdown'>;

const MAX_MODEL_LEN = 17_408;
const STEP_TOKENS = 2_048;

function resolve({ checkpoint, instanceType }: EngineOptions) {
  const { kvTokens } = fitCheckpoint({
    checkpoint: findCheckpoint(checkpoint),
    instanceType: findInstanceType(instanceType),
    maxModelLen: MAX_MODEL_LEN,
  });
  return resolveEngineModel({ checkpoint, instanceType }, { maxModelLen: MAX_MODEL_LEN, kvTokens });
}

function createEngine(options: EngineOptions & { readonly clock: VirtualClock }): VirtualEngine {
  const { clock, maxNumSeqs, slowdown } = options;
  return new VirtualEngine({
    ...{ clock, maxNumSeqs, slowdown, maxNumBatchedTokens: STEP_TOKENS },
    engine: resolve(options),
  });
}
