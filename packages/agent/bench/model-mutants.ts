import type { MutantName } from '@pixtral-fleet/simulator';
import type { Random } from '@pixtral-fleet/smoke-tests/seeing';
import { type MutantResult, medianOf } from './mutant-result.ts';
import { type GateResult, missedKinds, runGates } from './run-gates.ts';
import { AT_ONCE, SERVED_MODEL_NAME, startSimulatedEngine } from './simulated-engine.ts';

/** Model servers that load, are healthy, answer, and are wrong: only what they say about pictures tells. */
const MODEL_MUTANTS: Readonly<Record<MutantName, string>> = {
  'text-only': 'answers from the words of the question alone',
  'blank-encoder': 'the vision encoder gives the same for every picture',
  'other-seed-encoder': 'the vision encoder has random weights',
  'permuted-patches': 'the patches of a picture are in another order',
  'rotated-images': 'pictures are turned by a quarter',
  'swapped-order': 'several pictures are seen in reverse order',
  'wrong-chat-template': 'goes on with the question instead of answering it',
  'stale-revision': 'red and blue are taken for each other, as in other preprocessing',
  'quantisation-garbage': 'one bit of each channel is left, under noise',
  hung: 'takes requests and never answers, while `/health` says 200',
  'empty-text': 'answers 200 with no text',
  'cached-answer': 'gives the answer to an earlier picture again',
};

export interface TryMutantOptions {
  readonly name: MutantName;
  readonly gates: number;
  readonly signal: AbortSignal;
  /** @default 60_000, the gate's own */
  readonly deadlineMs?: number;
  /** @default - crypto.getRandomValues */
  readonly random?: (gate: number) => Random;
}

/** Starts the real simulator with that mutant and lets it try the real gate; a hung one tries once. */
export async function tryModelMutant(options: TryMutantOptions): Promise<MutantResult> {
  const { name, signal, deadlineMs, random } = options;
  await using engine = await startSimulatedEngine({ ...AT_ONCE, mutant: name }, signal);
  const results = await runGates({
    socketPath: engine.socketPath,
    servedModelName: SERVED_MODEL_NAME,
    gates: name === 'hung' ? 1 : options.gates,
    signal,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(random ? { random } : {}),
  });
  return { name, wrong: MODEL_MUTANTS[name], ...verdictOf(results) };
}

function verdictOf(results: readonly GateResult[]): Omit<MutantResult, 'name' | 'wrong'> {
  const refusals = results.flatMap(({ refusal }) => (refusal ? [refusal] : []));
  const [first] = refusals;
  const look = first ? lookOf(first.reason) : undefined;
  const all = refusals.length === results.length;
  const late = look?.startsWith('no answer within') ?? false;
  return {
    tries: results.length,
    caught: refusals.length,
    by: !all ? 'nothing' : late ? 'deadline of the gate' : 'gate',
    how: [look, late ? undefined : `missed: ${missedKinds(refusals).join(', ')}`].filter(Boolean).join('; '),
    ms: Math.round(medianOf(results.map(({ ms }) => ms))),
  };
}

/** What the answers look like, without the counts, which differ from gate to gate. */
function lookOf(reason: string | undefined): string | undefined {
  const [look, counts] = reason?.split('; answered right') ?? [];
  return counts === undefined ? undefined : look;
}
