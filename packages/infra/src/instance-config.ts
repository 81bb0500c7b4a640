import type { InstanceConfig } from '@pixtral-fleet/agent';
import { findCheckpoint } from '@pixtral-fleet/catalog';
import type { ResolvedConfig } from './config/index.ts';
import { BOOT_REPORT_PREFIX } from './constructs/files-bucket.ts';
import { IDLE_TIMEOUT_SECONDS } from './constructs/load-balancer.ts';
import { GATEWAY_PORT } from './constructs/network.ts';

/** Names of the group's lifecycle hooks. */
export const LAUNCH_HOOK = 'pixtral-ready';
export const TERMINATE_HOOK = 'pixtral-drain';

/** The engine version that the runtime prefix stands for; see the seeder. */
const RUNTIME = 'runtimes/vllm-0.32.0-py312-linux-x86_64/';

/** Requests that vLLM works on at the same time; what is left of 24 GB holds about 35,000 tokens of context. */
const MAX_NUM_SEQS = 16;

/** A queue of three batches: more would wait longer than clients do. */
const MAX_IN_FLIGHT = 64;

const MIB = 1024 * 1024;

/** What an instance of this fleet is told; bucket, secret and log group may be CDK tokens. */
export function planInstanceConfig(
  config: ResolvedConfig,
  names: { readonly bucketName: string; readonly apiKeySecretArn: string; readonly logGroupName: string },
): InstanceConfig {
  const checkpoint = findCheckpoint(config.checkpoint);
  return {
    version: 1,
    region: config.region,
    stackName: config.stackName,
    launchHook: LAUNCH_HOOK,
    terminateHook: TERMINATE_HOOK,
    bucket: names.bucketName,
    modelPrefix: `models/${checkpoint.repository}/${config.revision}/`,
    runtimePrefix: RUNTIME,
    bootReportPrefix: BOOT_REPORT_PREFIX,
    servedModelName: config.servedModelName,
    logGroup: names.logGroupName,
    apiKeySecretArn: names.apiKeySecretArn,
    engine: {
      args: [
        ...checkpoint.flags,
        ...['--max-model-len', String(config.maxModelLen)],
        ...['--max-num-seqs', String(MAX_NUM_SEQS)],
        ...['--limit-mm-per-prompt', JSON.stringify({ image: config.maxImages })],
        ...['--mm-hasher-algorithm', 'sha256'],
        '--disable-uvicorn-access-log',
      ],
      startTimeoutSeconds: 600,
      shutdownTimeoutSeconds: 20,
    },
    gateway: {
      port: GATEWAY_PORT,
      // Base64 is a third larger than the picture.
      maxBodyBytes: Math.ceil((config.maxImages * 10 * MIB * 4) / 3) + MIB,
      maxImages: config.maxImages,
      // 4096 × 4096: sixteen times what the model looks at.
      maxImagePixels: 16_777_216,
      maxImageBytes: 10 * MIB,
      maxInFlight: MAX_IN_FLIGHT,
      // Above the balancer's idle timeout, or it reuses connections that are being closed.
      keepAliveSeconds: IDLE_TIMEOUT_SECONDS + 15,
    },
    filesTimeoutSeconds: 780,
    drainTimeoutSeconds: config.drainTimeoutSeconds,
  };
}
