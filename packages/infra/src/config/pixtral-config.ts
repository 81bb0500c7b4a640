import type { CheckpointId } from '@pixtral-fleet/catalog';
import type { AdmissionConfig } from './sections/admission-config.ts';
import type { CapacityConfig } from './sections/capacity-config.ts';
import type { FilesConfig } from './sections/files-config.ts';
import type { GatewayConfig } from './sections/gateway-config.ts';
import type { InstanceOptions } from './sections/instance-config.ts';
import type { InstanceTypeConfig } from './sections/instance-types-config.ts';
import type { NetworkConfig } from './sections/network-config.ts';
import type { OperationsConfig } from './sections/operations-config.ts';
import type { ScalingConfig } from './sections/scaling-config.ts';
import type { SecurityConfig } from './sections/security-config.ts';

/** Everything that can be chosen about a fleet. The one file to edit is `pixtral.config.ts`. */
export interface PixtralConfig {
  /**
   * AWS region. A region without the instance types makes the group retry for ever.
   * @default 'us-east-1'
   */
  readonly region?: string;
  /**
   * Name of the CloudFormation stack: letters, digits and hyphens. Changing it makes a second fleet.
   * @default 'PixtralFleet'
   */
  readonly stackName?: string;
  /**
   * EC2 instance types in the order of preference. Each must hold its checkpoint and have the vCPUs that vLLM needs
   * (6 for one GPU), or synth refuses it. More types mean fewer launches that fail for lack of capacity.
   * @default ['g5.2xlarge', 'g6.2xlarge', 'g5.4xlarge', 'g6e.2xlarge']
   */
  readonly instanceTypes?: readonly (string | InstanceTypeConfig)[];
  /**
   * Precision of the weights: 'bf16', 'w8a8', 'fp8' or 'w4a16'. bf16 needs 48 GB of GPU memory. 'nano' is the small
   * model of packages/nano, for trials: it sees, but knows nothing else.
   * @default 'w8a8' - fits 24 GB, and INT8 is native on the A10G
   */
  readonly checkpoint?: CheckpointId;
  /**
   * Hugging Face revision of every checkpoint: a branch, tag or commit. Part of its place in the bucket, so that two
   * revisions never mix. Anything but the locked commit is fetched as it is at that moment, and synth warns.
   * @default - the commit in `pixtral.lock.json` (`pixtral lock`), and `main` for what that does not name
   */
  readonly revision?: string;
  /**
   * Name by which requests ask for the model.
   * @default 'pixtral-12b'
   */
  readonly servedModelName?: string;
  /**
   * Context length in tokens: prompt, pictures (up to 4,160 each) and answer together. Must hold one full picture with
   * a short answer, and fit the GPU once.
   * @default 17408 - four full pictures, a question and an answer
   */
  readonly maxModelLen?: number;
  /**
   * Pictures in one request; at least 4, since the gate asks about as many at once. More than the context can hold are
   * refused by the model server.
   * @default 4
   */
  readonly maxImages?: number;
  /**
   * How long an instance may go on answering when it is to be replaced, in seconds. A longer answer is cut, with an
   * error that says so.
   * @default 120
   */
  readonly drainTimeoutSeconds?: number;
  /**
   * Seconds for which a model server may make no progress while requests wait at it: no token, and no step of its engine.
   * It then counts as hung: it is ended and started again, and what is in flight ends with an error that says so. Too
   * short a time ends one whose single step is slow; in a longer one clients wait for nothing.
   * @default 60
   */
  readonly hangTimeoutSeconds?: number;
  /**
   * What happens to bucket and secrets when the stack is deleted: 'destroy' deletes them, 'retain' keeps them.
   * @default 'destroy'
   */
  readonly removal?: 'destroy' | 'retain';
  /**
   * Where the fleet lives and who reaches it.
   * @default - a VPC of its own without the internet
   */
  readonly network?: NetworkConfig;
  /**
   * How many instances, bought in what way, and replaced how.
   * @default - 1 to 4 on demand, 2 at first
   */
  readonly capacity?: CapacityConfig;
  /**
   * When instances are added and taken away.
   * @default - at 60 percent of what an instance can hold
   */
  readonly scaling?: ScalingConfig;
  /**
   * What an instance lets in when more is asked of it than it can answer.
   * @default - what can be answered within two minutes
   */
  readonly admission?: AdmissionConfig;
  /**
   * What an instance is made of beside its type.
   * @default - AWS's Deep Learning Base AMI
   */
  readonly instance?: InstanceOptions;
  /**
   * What the gateway of each instance takes from clients.
   * @default - pictures as data URIs only
   */
  readonly gateway?: GatewayConfig;
  /**
   * Where weights and runtime come from.
   * @default - CodeBuild fetches them at deploy
   */
  readonly files?: FilesConfig;
  /**
   * Alarms, budget, canary, logs, tags.
   * @default - alarms in the console, logs for 30 days
   */
  readonly operations?: OperationsConfig;
  /**
   * Keys and permission boundaries of your own.
   * @default - AWS's keys, no boundary
   */
  readonly security?: SecurityConfig;
}

/** Types the config file; does nothing else. */
export function defineConfig(config: PixtralConfig): PixtralConfig {
  return config;
}
