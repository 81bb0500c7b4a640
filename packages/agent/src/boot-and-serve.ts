import type { Logger } from 'pino';
import type { AwsClients } from './aws/aws-clients.ts';
import type { InstanceConfig } from './config/instance-config.ts';
import type { Machine } from './config/machine.ts';
import type { EngineProcess } from './engine/engine-process.ts';
import type { ServingEngine } from './engine/serving-engine.ts';
import { superviseEngine } from './engine/supervise-engine.ts';
import { fetchFiles } from './files/fetch-files.ts';
import { GateRefusal } from './gate/pass-gate.ts';
import type { Gateway } from './gateway/index.ts';
import { askForReplacement } from './lifecycle/ask-for-replacement.ts';
import { completeAction, keepAlive, type LifecycleAction } from './lifecycle/lifecycle-action.ts';
import type { AgentMetrics } from './metrics/agent-metrics.ts';
import type { BootLog } from './report/boot-log.ts';

export interface BootOptions {
  readonly config: InstanceConfig;
  readonly machine: Machine;
  readonly logger: Logger;
  readonly gateway: Gateway;
  readonly engine: ServingEngine;
  readonly bootLog: BootLog;
  readonly metrics: AgentMetrics;
  /** Sends logs and metrics that wait; never rejects, and takes seconds at most. */
  readonly flush: () => Promise<void>;
  readonly aws: AwsClients;
  /** When the agent started. */
  readonly startedAt: Date;
  /** The launch that waits for this instance. */
  readonly launch: LifecycleAction;
  /** What has to be done before anything else, such as opening the port. */
  readonly begin: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Brings the instance into service and keeps it there.
 * @throws Error with the reason when it must not serve, its launch then abandoned and its report written; the
 *   signal's reason when that aborts.
 */
export async function bootAndServe(options: BootOptions): Promise<never> {
  const { bootLog, gateway, logger, signal } = options;
  const process = await boot(options).catch(async (error: unknown) => {
    if (!signal.aborted) await refuse(error, options);
    throw error;
  });
  // Again: with the last phase in it.
  await bootLog.tryToWrite({ ok: true }, logger);
  try {
    return await superviseEngine({ ...options, process });
  } catch (error) {
    if (!signal.aborted) {
      gateway.setState('failed', reasonOf(error));
      if (error instanceof GateRefusal) {
        options.metrics.count('gateFailed');
        options.metrics.gate(error.answers);
      }
      await bootLog.tryToWrite({ ok: false, reason: reasonOf(error) }, logger);
      await options.flush();
      await leave(options, async () => askForReplacement(options.launch));
    }
    throw error;
  }
}

async function boot(options: BootOptions): Promise<EngineProcess> {
  const { gateway, engine, bootLog, launch, logger, signal } = options;
  using _ = keepAlive(launch, (error) => logger.warn({ err: error }, 'heartbeat was lost'));
  await options.begin();
  gateway.setState('starting', 'fetching files');
  await bootLog.time('files', () => fetchFiles({ ...options, s3: options.aws.s3 }));
  const process = await bootLog.time('engine-start', () =>
    engine.start(signal, (step) => gateway.setState('starting', `the model server is ${step}`)),
  );
  await bootLog.time('engine-ready', () => engine.untilReady(process, signal));
  gateway.setState('starting', 'the gate');
  bootLog.setGate(await bootLog.time('gate', () => engine.gate(process, signal)));
  // Before the launch goes on: whoever sees the instance in service finds its report.
  await bootLog.write({ ok: true });
  await bootLog.time('in-service', async () => {
    gateway.setState('ready');
    const waited = await completeAction(launch, 'CONTINUE');
    // A restart says nothing of how long a launch takes.
    if (waited) options.metrics.booted((Date.now() - options.startedAt.getTime()) / 1_000);
    logger.info({ waited }, waited ? 'in service' : 'in service; no launch was waiting (a restart)');
  });
  return process;
}

/** The instance must not serve: says why where people and the verification look, and gives the launch up. */
async function refuse(error: unknown, options: BootOptions): Promise<void> {
  const { gateway, bootLog, launch, logger, metrics, flush } = options;
  const reason = reasonOf(error);
  logger.error({ err: error }, 'this instance does not serve');
  gateway.setState('failed', reason);
  metrics.count('bootFailed');
  if (error instanceof GateRefusal) {
    metrics.count('gateFailed');
    bootLog.setGate(error.answers);
  }
  await bootLog.tryToWrite({ ok: false, reason }, logger);
  // The instance is gone within moments of the next call.
  await flush();
  await leave(options, async () => {
    // A restart, where no launch waits: the instance is in service, and has to be taken out of it.
    if (!(await completeAction(launch, 'ABANDON'))) await askForReplacement(launch);
  });
}

/** Whatever happens here, the reason for leaving is the one to end with; a hook's own timeout abandons a launch too. */
async function leave({ logger }: BootOptions, tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    logger.error({ err: error }, 'the group could not be told that this instance does not serve');
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
