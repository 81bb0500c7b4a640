import { join } from 'node:path';
import { loadConfig, type ResolvedConfig } from '@pixtral-fleet/infra/config';
import type { StackOutputs } from '@pixtral-fleet/infra/outputs';
import type { SmokeReport } from '@pixtral-fleet/smoke-tests';
import type { BalancerEvent } from './balancer/index.ts';
import { type RehearsalCloud, startCloud } from './cloud/rehearsal-cloud.ts';
import { destroyFleet } from './destroy-fleet.ts';
import type { DrillOutcome } from './drill/run-drill.ts';
import { createEngine, type RehearsalEngine } from './engine/index.ts';
import { exerciseFleet } from './exercise-fleet.ts';
import { emulatedFault } from './failures/emulated-faults.ts';
import { prepareBuild } from './files/build-surroundings.ts';
import type { InstanceHistory } from './instances/local-fleet.ts';
import { RehearsalInterrupted } from './run/failure.ts';
import {
  type RehearsalOptions,
  type ResolvedRehearsalOptions,
  resolveRehearsalOptions,
} from './run/options.ts';
import { checkHostTools } from './run/preflight.ts';
import { PhaseLog, type ProgressEvent } from './run/progress.ts';
import { createRunDirectory, type RunDirectory } from './run/run-directory.ts';
import { planUpdate } from './update/plan-update.ts';
import type { UpdateOutcome } from './update/run-update.ts';
import { type RehearsalResult, writeReport } from './write-report.ts';

/** Everything that a rehearsal has found out so far; the report is made of it, however it ends. */
export interface Findings {
  readonly options: ResolvedRehearsalOptions;
  readonly directory: RunDirectory;
  readonly engine: RehearsalEngine;
  readonly log: PhaseLog;
  /** `performance.now()` and wall clock at the start: to place what others timed. */
  readonly beganAt: number;
  readonly startedAt: Date;
  readonly balancerEvents: BalancerEvent[];
  /** Every instance that there ever was; filled when the fleet ends. */
  history: readonly InstanceHistory[];
  cloud?: RehearsalCloud;
  /** What there was in the emulated account before the stack; absent when the config keeps things on purpose. */
  accountBefore?: readonly string[];
  outputs?: StackOutputs;
  smoke?: SmokeReport;
  /** Streams that ran while the fleet was broken or changed. */
  load?: DrillOutcome | UpdateOutcome;
}

/**
 * The whole cloud on this machine, from synth to destroy. Never throws for a fleet that fails: the result says what
 * failed and why. Throws for options or a config that make no sense.
 */
export async function rehearse(
  options: RehearsalOptions,
  onEvent: (event: ProgressEvent) => void,
): Promise<RehearsalResult> {
  const resolved = resolveRehearsalOptions(options);
  const config = await loadConfig(
    process.env.PIXTRAL_CONFIG ?? join(resolved.repository, 'pixtral.config.ts'),
  );
  await checkHostTools();
  // Whatever fails ends the rest too: a deployment does not go on when the emulated AWS has died.
  const ended = new AbortController();
  const directory = await createRunDirectory(resolved.repository);
  const findings: Findings = {
    options: { ...resolved, signal: AbortSignal.any([resolved.signal, ended.signal]) },
    directory,
    engine: createEngine(resolved, directory, planUpdate(config)),
    log: new PhaseLog(onEvent),
    beganAt: performance.now(),
    startedAt: new Date(),
    balancerEvents: [],
    history: [],
  };
  let failure: unknown;
  let failedPhase: string | undefined;
  try {
    await perform(findings, config, onEvent);
  } catch (error) {
    failure = resolved.signal.aborted ? new RehearsalInterrupted() : error;
    failedPhase = findings.log.current() ?? findings.log.latestFailed();
    findings.log.failOpen();
    ended.abort();
  }
  const leftovers = await destroyFleet(findings, { interrupted: failure instanceof RehearsalInterrupted });
  return writeReport(findings, { failure, failedPhase, leftovers });
}

async function perform(
  findings: Findings,
  config: ResolvedConfig,
  onEvent: (event: ProgressEvent) => void,
): Promise<void> {
  const { options, directory, engine, log } = findings;
  await prepareEngine(findings);
  log.start('cloud');
  await using started = new AsyncDisposableStack();
  const build = await prepareBuild({
    engine,
    directory,
    mutant: options.update ? undefined : options.mutant,
  });
  started.defer(() => build.close());
  findings.cloud = await startCloud({
    directory,
    pythonCache: join(options.repository, '.cache'),
    region: config.region,
    context: { desiredInstances: options.instances, lockFile: build.lockFile, ...engine.context },
    buildEnvironment: build.environment,
    emulatorEnvironment: emulatedFault(options.mutant),
    signal: options.signal,
    onSetup: (note) => onEvent({ type: 'setup', note }),
    onBalancerEvent: (event) => findings.balancerEvents.push(event),
  });
  // Whatever is under way, an emulator that died ends it with the true cause.
  await Promise.race([exerciseFleet(findings, findings.cloud, config, onEvent), findings.cloud.broken]);
}

/** What the simulator needs is there at once, and not worth a line. */
async function prepareEngine({ engine, log, options }: Findings): Promise<void> {
  const prepare = () =>
    engine.prepare({ signal: options.signal, onNote: (note) => log.note('runtime', note) });
  if (engine.name === 'simulated') await prepare();
  else await log.run('runtime', prepare, (note) => note);
}
