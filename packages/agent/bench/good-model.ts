import type { Behaviour } from '@pixtral-fleet/simulator';
import { SEEING_KINDS } from '@pixtral-fleet/smoke-tests/seeing';
import { medianOf, quantileOf } from './mutant-result.ts';
import { type GateResult, type RunGatesOptions, runGates } from './run-gates.ts';
import { AT_ONCE, SERVED_MODEL_NAME, startSimulatedEngine } from './simulated-engine.ts';

/** How a model that sees fared at the gate. */
export interface AlarmResult {
  readonly gates: number;
  /** Why it was refused, each time. */
  readonly refusals: readonly string[];
  /** At the same time; times are those of a gate among so many. */
  readonly concurrency: number;
  /** Milliseconds of a gate. */
  readonly ms: { readonly median: number; readonly p95: number; readonly most: number };
  readonly kinds: readonly { readonly kind: string; readonly right: number; readonly asked: number }[];
}

/** Gates at the same time: enough for the gate's process and the model server's to be busy together. */
const CONCURRENCY = 3;

/** Counts how often the simulated model, which sees everything, is refused nevertheless. */
export async function countFalseAlarms(
  options: Pick<RunGatesOptions, 'gates' | 'signal' | 'onGate' | 'random'>,
): Promise<AlarmResult> {
  await using engine = await startSimulatedEngine(AT_ONCE, options.signal);
  const { socketPath } = engine;
  // Awaited here: the model server is stopped when this function ends.
  return await countAlarmsAt({
    ...options,
    socketPath,
    servedModelName: SERVED_MODEL_NAME,
    concurrency: CONCURRENCY,
  });
}

/** The same for a model server that runs already. */
export async function countAlarmsAt(options: RunGatesOptions): Promise<AlarmResult> {
  return summarise(await runGates(options), options.concurrency ?? 1);
}

function summarise(results: readonly GateResult[], concurrency: number): AlarmResult {
  const times = results.map(({ ms }) => ms);
  const answers = results.flatMap((result) => result.answers);
  return {
    gates: results.length,
    refusals: results.flatMap(({ refusal }) => (refusal ? [refusal.message] : [])),
    concurrency,
    ms: {
      median: Math.round(medianOf(times)),
      p95: Math.round(quantileOf(times, 0.95)),
      most: Math.max(...times),
    },
    kinds: SEEING_KINDS.map((kind) => {
      const ofKind = answers.filter((answer) => answer.kind === kind);
      return { kind, right: ofKind.filter(({ ok }) => ok).length, asked: ofKind.length };
    }),
  };
}

/** Paces of the simulated model server whose gate is timed. */
const PACES: readonly { readonly name: string; readonly behaviour: Partial<Behaviour> }[] = [
  { name: 'the simulator as it is by default', behaviour: {} },
  {
    name: 'the engine model of w8a8 on g5.2xlarge (A10G)',
    behaviour: { engineModel: { checkpoint: 'w8a8', instanceType: 'g5.2xlarge' } },
  },
];

const TIMED_GATES = 3;

export interface PaceResult {
  readonly name: string;
  /** Milliseconds of a gate by itself, the median of three. */
  readonly ms: number;
}

/** How long a gate takes that is passed, by itself. */
export async function timeGates(signal: AbortSignal): Promise<readonly PaceResult[]> {
  const results: PaceResult[] = [];
  for (const { name, behaviour } of PACES) {
    await using engine = await startSimulatedEngine(behaviour, signal);
    const { socketPath } = engine;
    const gates = await runGates({
      socketPath,
      servedModelName: SERVED_MODEL_NAME,
      gates: TIMED_GATES,
      signal,
    });
    results.push({ name, ms: Math.round(medianOf(gates.map(({ ms }) => ms))) });
  }
  return results;
}
