import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createAwsClients } from './aws/aws-clients.ts';
import { createInstanceMetadata } from './aws/instance-metadata.ts';
import { readApiKeys } from './aws/read-api-keys.ts';
import { type InstanceConfig, InstanceConfigError, parseInstanceConfig } from './config/instance-config.ts';
import type { Machine } from './config/machine.ts';
import { ServingEngine } from './engine/serving-engine.ts';
import { superviseEngine } from './engine/supervise-engine.ts';
import { syncFolder } from './files/sync-folder.ts';
import { GateRefusal } from './gate/pass-gate.ts';
import { createGateway, type Gateway } from './gateway/index.ts';
import { completeAction, findGroup, keepAlive, type LifecycleAction } from './lifecycle/group-membership.ts';
import { watchTermination } from './lifecycle/watch-termination.ts';
import { BootLog } from './report/boot-log.ts';

export interface RunAgentOptions {
  readonly machine: Machine;
  readonly logger: Logger;
  /** Aborts when the process was told to end (SIGTERM): the instance drains. */
  readonly terminate: AbortSignal;
}

/**
 * The life of an instance: boot, gate, service, drain. Resolves when it has drained.
 * @throws Error with the reason when it must not serve; its launch has then been abandoned.
 */
export async function runAgent(options: RunAgentOptions): Promise<void> {
  const { machine, logger } = options;
  const startedAt = new Date();
  const config = await loadConfig(machine.configFile);
  const aws = createAwsClients(config.region);
  const metadata = createInstanceMetadata();
  const instanceId = await metadata.instanceId();
  const group = await findGroup(aws.autoScaling, instanceId);
  const bootLog = new BootLog({
    s3: aws.s3,
    bucket: config.bucket,
    prefix: config.bootReportPrefix,
    file: join(machine.stateFolder, 'boot-report.json'),
    instanceId,
    launchTemplateVersion: group.launchTemplateVersion,
    startedAt,
  });
  const action = (hookName: string): LifecycleAction => ({
    client: aws.autoScaling,
    groupName: group.groupName,
    hookName,
    instanceId,
  });
  const keys = await readApiKeys(aws.secretsManager, config.apiKeySecretArn);
  const gateway = createGateway({
    instanceId,
    servedModelName: config.servedModelName,
    engineSocketPath: machine.engineSocket,
    apiKeys: () => keys,
    limits: config.gateway,
    logger,
  });
  const { port } = await gateway.listen({
    host: machine.gatewayHost,
    port: machine.gatewayPort ?? config.gateway.port,
  });
  logger.info({ instanceId, port, ...group }, 'gateway listens');
  bootLog.add('agent-start', startedAt);
  const engine = new ServingEngine({ config, machine, logger });
  const ended = new AbortController();
  try {
    // Whoever tells the instance to go may do so at any moment, also while it boots.
    const leave = awaitEnd({ terminate: options.terminate, metadata, logger, signal: ended.signal });
    const failed = bootAndServe({
      config,
      machine,
      logger,
      gateway,
      engine,
      bootLog,
      action,
      aws,
      signal: ended.signal,
    });
    const reason = await Promise.race([leave, failed]);
    ended.abort();
    await failed.catch((error: unknown) => logger.debug({ err: error }, 'service ended'));
    await drain({ reason, config, gateway, engine, logger, action: action(config.terminateHook) });
  } finally {
    ended.abort();
    await engine.stop();
    await gateway.close();
  }
}

async function bootAndServe(context: {
  readonly config: InstanceConfig;
  readonly machine: Machine;
  readonly logger: Logger;
  readonly gateway: Gateway;
  readonly engine: ServingEngine;
  readonly bootLog: BootLog;
  readonly action: (hookName: string) => LifecycleAction;
  readonly aws: ReturnType<typeof createAwsClients>;
  readonly signal: AbortSignal;
}): Promise<never> {
  const { config, gateway, engine, bootLog, logger, signal } = context;
  const launch = context.action(config.launchHook);
  let process: Awaited<ReturnType<ServingEngine['start']>>;
  try {
    using _ = keepAlive(launch, (error) => logger.warn({ err: error }, 'heartbeat was lost'));
    await bootLog.time('files', () => fetchFiles(context));
    process = await bootLog.time('engine-start', () => engine.start());
    gateway.setState('starting', 'the model server is loading');
    await bootLog.time('engine-ready', () => engine.untilReady(process, signal));
    gateway.setState('starting', 'the gate');
    bootLog.setGate(await bootLog.time('gate', () => engine.gate(signal)));
    await bootLog.time('in-service', async () => {
      gateway.setState('ready');
      const waited = await completeAction(launch, 'CONTINUE');
      logger.info({ waited }, waited ? 'in service' : 'in service; no launch was waiting (a restart)');
    });
  } catch (error) {
    if (!signal.aborted) await refuse({ error, gateway, bootLog, launch, logger });
    throw error;
  }
  await bootLog.write({ ok: true });
  return superviseEngine({ engine, process, gateway, bootLog, logger, signal });
}

async function fetchFiles(context: {
  readonly config: InstanceConfig;
  readonly machine: Machine;
  readonly aws: ReturnType<typeof createAwsClients>;
  readonly gateway: Gateway;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { config, machine, aws, gateway, logger } = context;
  gateway.setState('starting', 'fetching files');
  await mkdir(machine.stateFolder, { recursive: true });
  const common = {
    s3: aws.s3,
    bucket: config.bucket,
    timeoutMs: config.filesTimeoutSeconds * 1_000,
    signal: context.signal,
    onWaiting: (url: string) => logger.info({ url }, 'waiting for the manifest'),
  };
  const results = await Promise.all([
    syncFolder({ ...common, prefix: config.modelPrefix, folder: machine.modelFolder }),
    syncFolder({ ...common, prefix: config.runtimePrefix, folder: machine.runtimeFolder }),
  ]);
  for (const { manifest, bytes, reused } of results) {
    logger.info({ name: manifest.name, files: manifest.files.length, bytes, reused }, 'files verified');
  }
}

/** The instance must not serve: says why where people and the verification look, and gives the launch up. */
async function refuse(context: {
  readonly error: unknown;
  readonly gateway: Gateway;
  readonly bootLog: BootLog;
  readonly launch: LifecycleAction;
  readonly logger: Logger;
}): Promise<void> {
  const { error, gateway, bootLog, launch, logger } = context;
  const reason = error instanceof Error ? error.message : String(error);
  logger.error({ err: error }, 'this instance does not serve');
  gateway.setState('failed', reason);
  if (error instanceof GateRefusal) bootLog.setGate(error.answers);
  try {
    await bootLog.write({ ok: false, reason });
  } finally {
    await completeAction(launch, 'ABANDON');
  }
}

function awaitEnd(options: {
  readonly terminate: AbortSignal;
  readonly metadata: ReturnType<typeof createInstanceMetadata>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<string> {
  const { terminate, metadata, logger, signal } = options;
  const told = new Promise<string>((resolve) => {
    if (terminate.aborted) resolve('SIGTERM');
    terminate.addEventListener('abort', () => resolve('SIGTERM'), { once: true });
  });
  const watched = watchTermination(metadata, {
    signal,
    onError: (error) => logger.warn({ err: error }, 'the metadata service did not answer'),
  });
  watched.catch(() => undefined);
  return Promise.race([told, watched]);
}

async function drain(context: {
  readonly reason: string;
  readonly config: InstanceConfig;
  readonly gateway: Gateway;
  readonly engine: ServingEngine;
  readonly logger: Logger;
  readonly action: LifecycleAction;
}): Promise<void> {
  const { reason, config, gateway, engine, logger, action } = context;
  logger.info({ reason, inFlight: gateway.inFlight }, 'draining');
  using _ = keepAlive(action, (error) => logger.warn({ err: error }, 'heartbeat was lost'));
  gateway.setState('draining', reason);
  const late = new AbortController();
  const timeoutMs = config.drainTimeoutSeconds * 1_000;
  await Promise.race([
    gateway.whenIdle(late.signal),
    sleep(timeoutMs, undefined, { signal: late.signal, ref: false }),
  ]);
  late.abort();
  if (gateway.inFlight > 0)
    logger.warn({ inFlight: gateway.inFlight }, 'the drain ended before all requests had');
  await engine.stop();
  const waited = await completeAction(action, 'CONTINUE');
  logger.info({ waited }, 'drained');
}

async function loadConfig(file: string): Promise<InstanceConfig> {
  const text = await readFile(file, 'utf8');
  try {
    return parseInstanceConfig(JSON.parse(text));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new InstanceConfigError(`${file}: ${problem}`, { cause: error });
  }
}
