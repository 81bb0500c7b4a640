import type { InstanceConfig, InstanceTypeOverride, RequestLimits } from '@pixtral-fleet/agent';
import { bodyMemoryMiB, MAX_IMAGE_BYTES, maxBodyBytes } from './body-memory.ts';
import type { ResolvedConfig } from './config/index.ts';
import { BOOT_REPORT_PREFIX } from './constructs/files-bucket.ts';
import { GATEWAY_PORT } from './constructs/network.ts';
import { type EnginePlan, planEngine } from './engine-plan.ts';
import { findModelPrefix, runtimePrefix } from './files-plan.ts';
import type { ModelLock } from './lock/index.ts';
import { planTimeouts } from './timeouts.ts';

/** Names of the group's lifecycle hooks. */
export const LAUNCH_HOOK = 'pixtral-ready';
export const TERMINATE_HOOK = 'pixtral-drain';

/** The group waits for the seeder; without one, whoever fills the bucket may begin when the instances do. */
const FILES_TIMEOUT_SECONDS = { codebuild: 60, none: 780 } as const;

const KIB = 1024;
const MIB = 1024 * KIB;

/** What an instance of this fleet is told; bucket, secret and log group may be CDK tokens. */
export function planInstanceConfig(
  config: ResolvedConfig,
  names: {
    readonly bucketName: string;
    readonly apiKeySecretArn: string;
    readonly logGroupName: string;
    readonly lock: ModelLock;
  },
): InstanceConfig {
  const [first, ...others] = config.instanceTypes.map((entry) => ({
    type: entry.type,
    plan: {
      ...planEngine(config, entry),
      modelPrefix: findModelPrefix(config, names.lock, entry),
      checkpoint: entry.checkpoint ?? config.checkpoint,
    },
  }));
  if (!first) throw new RangeError('a fleet needs at least one instance type');
  const timeouts = planTimeouts(config);
  return {
    version: 1,
    region: config.region,
    stackName: config.stackName,
    launchHook: LAUNCH_HOOK,
    terminateHook: TERMINATE_HOOK,
    bucket: names.bucketName,
    modelPrefix: first.plan.modelPrefix,
    runtimePrefix: runtimePrefix(),
    bootReportPrefix: BOOT_REPORT_PREFIX,
    servedModelName: config.servedModelName,
    logGroup: names.logGroupName,
    apiKeySecretArn: names.apiKeySecretArn,
    engine: {
      args: first.plan.args,
      startTimeoutSeconds: 600,
      shutdownTimeoutSeconds: timeouts.engineShutdown,
      hangTimeoutSeconds: config.hangTimeoutSeconds,
    },
    gateway: {
      port: GATEWAY_PORT,
      maxBodyBytes: maxBodyBytes(config),
      bodyMemoryBytes: bodyMemoryMiB(config) * MIB,
      maxImages: config.maxImages,
      // 4096 × 4096: sixteen times what the model looks at.
      maxImagePixels: 16_777_216,
      maxImageBytes: MAX_IMAGE_BYTES,
      maxInFlight: first.plan.maxInFlight,
      keepAliveSeconds: timeouts.keepAlive,
      streamSilenceSeconds: timeouts.streamSilence,
      ...pictureSources(config),
      ...(config.gateway.normalizePictures ? { normalize: config.gateway.normalizePictures } : {}),
      requests: planRequestLimits(config.gateway.requestLimits),
    },
    admission: {
      deadlineSeconds: timeouts.answer,
      checkpoint: first.plan.checkpoint,
    },
    perInstanceType: Object.fromEntries(
      others.flatMap(({ type, plan }) => {
        const override = differences(first.plan, plan);
        return Object.keys(override).length === 0 ? [] : [[type, override]];
      }),
    ),
    filesTimeoutSeconds: FILES_TIMEOUT_SECONDS[config.files.seeder],
    drainTimeoutSeconds: timeouts.drain,
    ...(config.operations.prometheusPort === 0 ? {} : { prometheusPort: config.operations.prometheusPort }),
  };
}

/** How long buckets alone may take: as long as URLs by default. */
const BUCKET_TIMEOUT_SECONDS = 10;

/** Nothing where the config names nothing: pictures then come as data URIs only. */
function pictureSources({
  gateway: { pictureUrls: urls, pictureBuckets: buckets },
}: ResolvedConfig): Pick<InstanceConfig['gateway'], 'pictures'> {
  if (!urls && buckets.length === 0) return {};
  return {
    pictures: {
      hosts: [...(urls?.hosts ?? [])],
      redirects: urls?.redirects ?? 0,
      timeoutSeconds: urls?.timeoutSeconds ?? BUCKET_TIMEOUT_SECONDS,
      buckets: [...buckets],
    },
  };
}

function planRequestLimits(limits: ResolvedConfig['gateway']['requestLimits']): RequestLimits {
  const { maxChoices, maxMessages, maxTextKiB, maxSchemaKiB, grammars } = limits;
  return {
    ...{ maxChoices, maxMessages, grammars },
    maxTextBytes: maxTextKiB * KIB,
    maxSchemaBytes: maxSchemaKiB * KIB,
  };
}

/** What an instance of one type serves, and how. */
type InstancePlan = EnginePlan & { readonly modelPrefix: string; readonly checkpoint: string };

/** User data holds 16 KiB at most: only what differs is written. */
function differences(usual: InstancePlan, own: InstancePlan): InstanceTypeOverride {
  return {
    ...(own.modelPrefix === usual.modelPrefix ? {} : { modelPrefix: own.modelPrefix }),
    ...(own.args.join('\0') === usual.args.join('\0') ? {} : { engineArgs: own.args }),
    ...(own.maxInFlight === usual.maxInFlight ? {} : { maxInFlight: own.maxInFlight }),
    ...(own.checkpoint === usual.checkpoint ? {} : { checkpoint: own.checkpoint }),
  };
}
