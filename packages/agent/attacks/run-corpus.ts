import type { Attack, EngineKind } from './attack.ts';
import type { EngineStarter, Flavour } from './engines/bare-engine.ts';
import { type BareResult, type GatewayResult, judgeBare, judgeGateway } from './judge.ts';
import { Lab, type StartGateway } from './lab/lab.ts';

export interface AttackResult {
  readonly attack: Attack;
  readonly bare: BareResult;
  readonly gateway: GatewayResult;
}

export interface RunOptions {
  readonly attacks: readonly Attack[];
  readonly engine: EngineStarter;
  readonly signal?: AbortSignal;
  readonly onResult?: (result: AttackResult) => void;
  /** @default - the gateway */
  readonly startGateway?: StartGateway;
}

/** How long an honest request may take after an attack: forty times what a busy machine needs. */
const HONEST_MS = 20_000;

/** Runs every attack against the bare engine, and then against the gateway in front of the same engine. */
export async function runCorpus(options: RunOptions): Promise<readonly AttackResult[]> {
  const { attacks, engine, signal, onResult, startGateway } = options;
  const results: AttackResult[] = [];
  for (const flavour of ['open', 'locked'] as const) {
    const chosen = inOrder(attacks.filter((attack) => flavourOf(attack) === flavour));
    if (chosen.length === 0) continue;
    await using lab = await Lab.start(engine, flavour, startGateway);
    for (const attack of chosen) {
      signal?.throwIfAborted();
      const bare = await attackEngine(attack, engine.kind, lab);
      const result = { attack, bare, gateway: await attackGateway(attack, lab) };
      results.push(result);
      onResult?.(result);
    }
  }
  return results;
}

/** Those that the engine does not survive come last: it takes a minute to start. */
function inOrder(attacks: readonly Attack[]): readonly Attack[] {
  return [
    ...attacks.filter(({ endsEngine }) => !endsEngine),
    ...attacks.filter(({ endsEngine }) => endsEngine),
  ];
}

function flavourOf({ engine = 'open' }: Attack): Flavour {
  return engine;
}

async function attackEngine(attack: Attack, kind: EngineKind, lab: Lab): Promise<BareResult> {
  const expected = attack.bare[kind];
  if (expected.kind === 'not run') return { kind: 'not run', seen: expected.why, asExpected: true };
  const target = lab.bare();
  const sighting = await attack.run(target);
  const honest = await target.honest(HONEST_MS);
  const result = judgeBare(attack, kind, sighting, { alive: lab.engineAlive, honest });
  if (attack.endsEngine) await lab.restart();
  else await lab.recover();
  return result;
}

async function attackGateway(attack: Attack, lab: Lab): Promise<GatewayResult> {
  const { gateway: which = 'usual' } = attack;
  const target = lab.gateway(which);
  const touched = lab.canary.touched;
  const sighting = await attack.run(target);
  const reached = target.passedOn().length;
  const honest = await target.honest(HONEST_MS);
  const result = judgeGateway(attack, sighting, {
    ...{ alive: lab.gatewayAlive(which), honest, reached },
    touched: lab.canary.touched - touched,
  });
  if (attack.endsEngine) await lab.restart();
  else if (honest.status !== 200) await lab.recover();
  return result;
}
