import type { KindResult, Random, SeeingAnswer } from '@pixtral-fleet/smoke-tests/seeing';
import { GateRefusal, passGate } from '../src/gate/pass-gate.ts';

export interface RunGatesOptions {
  readonly socketPath: string;
  readonly servedModelName: string;
  readonly gates: number;
  /** Gates at the same time. Their times then tell little. @default 1 */
  readonly concurrency?: number;
  /** @default 60_000, the gate's own */
  readonly deadlineMs?: number;
  /** Of each gate by its number. @default - crypto.getRandomValues */
  readonly random?: (gate: number) => Random;
  readonly signal: AbortSignal;
  readonly onGate?: (result: GateResult) => void;
}

/** How one gate went. */
export interface GateResult {
  /** Undefined when it was passed. */
  readonly refusal: GateRefusal | undefined;
  readonly answers: readonly SeeingAnswer[];
  /** Milliseconds. */
  readonly ms: number;
}

/** Passes the real gate of the agent so many times. @throws whatever is no verdict of the gate. */
export async function runGates(options: RunGatesOptions): Promise<readonly GateResult[]> {
  const results: GateResult[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < options.gates) {
      const result = await runGate(options, next++);
      options.onGate?.(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency ?? 1 }, work));
  return results;
}

async function runGate(options: RunGatesOptions, gate: number): Promise<GateResult> {
  const { socketPath, servedModelName, signal, deadlineMs, random } = options;
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  try {
    const answers = await passGate({
      socketPath,
      servedModelName,
      signal,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      ...(random ? { random: random(gate) } : {}),
    });
    return { refusal: undefined, answers, ms: since() };
  } catch (error) {
    if (!(error instanceof GateRefusal)) throw error;
    return { refusal: error, answers: error.answers, ms: since() };
  }
}

/** The kinds that were more often wrong than right in each of these refusals, or in any when none was in all of them. */
export function missedKinds(refusals: readonly GateRefusal[]): readonly string[] {
  const each = refusals.map(({ kinds }) => new Set(kinds.filter(isMissed).map(({ kind }) => kind)));
  const all = new Set(each.flatMap((kinds) => [...kinds]));
  const always = [...all].filter((kind) => each.every((kinds) => kinds.has(kind)));
  return always.length > 0 ? always : [...all];
}

function isMissed({ right, asked }: KindResult): boolean {
  return 2 * right < asked;
}
