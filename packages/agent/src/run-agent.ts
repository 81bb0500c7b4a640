import { join } from 'node:path';
import type { Logger } from 'pino';
import { createAwsClients } from './aws/aws-clients.ts';
import { createInstanceMetadata } from './aws/instance-metadata.ts';
import { type ApiKeys, readDatedApiKeys } from './aws/read-api-keys.ts';
import { watchApiKeys } from './aws/watch-api-keys.ts';
import { bootAndServe } from './boot-and-serve.ts';
import { configForType } from './config/config-for-type.ts';
import { loadInstanceConfig } from './config/load-instance-config.ts';
import type { Machine } from './config/machine.ts';
import { ServingEngine } from './engine/serving-engine.ts';

import { createInstancePace } from './gateway/admission/index.ts';
import { createGateway, createPictureFetcher, createPictureNormalizer } from './gateway/index.ts';

import type { Departure } from './lifecycle/departure.ts';
import { drain } from './lifecycle/drain.ts';
import { DrainBound } from './lifecycle/drain-bound.ts';
import { findGroup } from './lifecycle/find-group.ts';
import { completeAction } from './lifecycle/lifecycle-action.ts';
import { watchTermination } from './lifecycle/watch-termination.ts';
import type { LogShipper } from './logs/log-shipper.ts';
import { AgentMetrics } from './metrics/agent-metrics.ts';
import { openToPrometheus } from './metrics/prometheus/open-to-prometheus.ts';
import { BootLog } from './report/boot-log.ts';

export interface RunAgentOptions {
  readonly machine: Machine;
  readonly logger: Logger;
  /** Gets what the logger writes, and is told here where to send it. */
  readonly logs: LogShipper;
  /** Aborts when the process was told to end (SIGTERM): the instance drains. */
  readonly terminate: AbortSignal;
}

/**
 * The life of an instance: boot, gate, service, drain. Resolves when it has drained, or when it is to wait in a warm pool.
 * @throws Error with the reason when it must not serve; its launch has then been abandoned.
 */
export async function runAgent(options: RunAgentOptions): Promise<void> {
  const { machine, logger, logs, terminate } = options;
  const startedAt = new Date();
  const written = await loadInstanceConfig(machine.configFile);
  const metadata = createInstanceMetadata();
  const instanceType = await metadata.instanceType();
  const config = configForType(written, instanceType);
  const aws = createAwsClients(config.region);
  const instanceId = await metadata.instanceId();
  logs.connect({ client: aws.cloudWatchLogs, groupName: config.logGroup, instanceId, logger });
  const metrics = new AgentMetrics({
    client: aws.cloudWatch,
    stackName: config.stackName,
    instanceId,
    instanceType,
    engineSocket: machine.engineSocket,
    engineArgs: config.engine.args,
    logger,
  });
  const flush = async () => {
    await Promise.all([logs.flush(), metrics.flush()]);
  };
  const { groupName, launchTemplateVersion } = await findGroup(aws.autoScaling, instanceId);
  const action = { client: aws.autoScaling, groupName, instanceId };
  const launch = { ...action, hookName: config.launchHook };
  // Nothing that could be fetched now would outlive the stop: the NVMe is empty afterwards.
  if ((await metadata.targetLifecycleState()) === 'Warmed:Stopped') {
    await completeAction(launch, 'CONTINUE');
    logger.info('waits in the warm pool: boots when the group takes it out and starts it');
    await flush();
    return;
  }
  const bootLog = new BootLog({
    s3: aws.s3,
    bucket: config.bucket,
    prefix: config.bootReportPrefix,
    file: join(machine.stateFolder, 'boot-report.json'),
    instanceId,
    launchTemplateVersion,
    startedAt,
    // What `pixtral status` shows of an instance that boots.
    onPhase: (phase) => logger.info({ phase }, 'boot phase begins'),
    onPhaseEnd: (phase, seconds) => metrics.bootPhase(phase, seconds),
    onGate: (answers) => metrics.gate(answers),
  });
  const ended = new AbortController();
  const gone = new AbortController();
  let apiKeys: ApiKeys = { keys: [], createdAt: undefined };
  const { normalize } = config.gateway;
  await using normalizer =
    normalize && createPictureNormalizer({ machine, logger, limits: config.gateway, normalize });
  const gateway = createGateway({
    instanceId,
    servedModelName: config.servedModelName,
    engineSocketPath: machine.engineSocket,
    apiKeys: () => apiKeys.keys,
    limits: config.gateway,
    pictures: config.gateway.pictures && createPictureFetcher(config.gateway.pictures, aws.s3),
    normalizer,
    engineArgs: config.engine.args,
    meter: metrics.requests,
    pace: createInstancePace({ checkpoint: config.admission.checkpoint, instanceType }),
    capacity: () => metrics.capacity,
    deadlineSeconds: config.admission.deadlineSeconds,
    logger,
  });
  metrics.start({
    isServing: () => gateway.state === 'ready',
    backlog: () => gateway.backlog,
    keyCreatedAt: () => apiKeys.createdAt,
  });
  await using _prometheus = await openToPrometheus({
    port: config.prometheusPort === undefined ? undefined : (machine.prometheusPort ?? config.prometheusPort),
    metrics,
    logger,
  });
  const engine = new ServingEngine({ config, machine, logger });
  const begin = async () => {
    const { port } = await gateway.listen({
      host: machine.gatewayHost,
      port: machine.gatewayPort ?? config.gateway.port,
    });
    logger.info({ instanceId, port, groupName, launchTemplateVersion }, 'gateway listens');
    const read = () => readDatedApiKeys(aws.secretsManager, config.apiKeySecretArn);
    apiKeys = await read();
    void watchApiKeys({
      read,
      onKeys: (keys) => {
        apiKeys = keys;
      },
      onError: (error) => logger.warn({ err: error }, 'the API keys could not be read again'),
      signal: ended.signal,
    });
    await normalizer?.start();
    bootLog.add('agent-start', startedAt);
  };
  const { signal } = ended;
  try {
    // Whoever tells the instance to go may do so at any moment, also while it boots, and while it drains already.
    const leave = Promise.withResolvers<Departure>();
    const departures: Departure[] = [];
    let bound: DrainBound | undefined;
    const onDeparture = (departure: Departure) => {
      departures.push(departure);
      leave.resolve(departure);
      if (bound?.heed(departure)) {
        logger.warn(
          { reason: departure.reason, leftMs: Math.round(bound.leftMs) },
          'the drain gets less time',
        );
      }
    };
    watchTermination({ metadata, terminate, onDeparture, logger, signal: gone.signal });
    const service = bootAndServe({
      config,
      machine,
      logger,
      gateway,
      engine,
      bootLog,
      metrics,
      flush,
      aws,
      startedAt,
      launch,
      begin,
      signal,
    });
    const departure = await Promise.race([leave.promise, service]);
    const timeoutMs = config.drainTimeoutSeconds * 1_000;
    bound = new DrainBound(timeoutMs);
    for (const each of departures) bound.heed(each);
    ended.abort();
    await service.catch((error: unknown) => logger.debug({ err: error }, 'service ended'));
    using _bound = bound;
    await drain({
      departure,
      bound,
      timeoutMs,
      gateway,
      engine,
      metrics,
      logger,
      action: { ...action, hookName: config.terminateHook },
      flush,
      terminate,
    });
  } finally {
    gone.abort();
    ended.abort();
    metrics.stop();
    await engine.stop();
    await gateway.close();
    await metrics.flush();
  }
}
