import type { CheckpointId } from '@pixtral-fleet/catalog';

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
   * EC2 instance types in the order of preference. Each must hold the checkpoint and have the vCPUs that vLLM needs
   * (6 for one GPU), or synth refuses it. More types mean fewer launches that fail for lack of capacity.
   * @default ['g5.2xlarge', 'g6.2xlarge', 'g5.4xlarge', 'g6e.2xlarge']
   */
  readonly instanceTypes?: readonly string[];
  /**
   * Precision of the weights: 'bf16', 'w8a8', 'fp8' or 'w4a16'. bf16 needs 48 GB of GPU memory. 'nano' is the small
   * model of packages/nano, for trials: it sees, but knows nothing else.
   * @default 'w8a8' - fits 24 GB, and INT8 is native on the A10G
   */
  readonly checkpoint?: CheckpointId;
  /**
   * Hugging Face revision of the checkpoint: part of its place in the bucket, so that two revisions never mix.
   * @default 'main'
   */
  readonly revision?: string;
  /**
   * Name by which requests ask for the model.
   * @default 'pixtral-12b'
   */
  readonly servedModelName?: string;
  /**
   * Context length in tokens: prompt, pictures (up to 4,160 each) and answer together. Must fit the GPU once.
   * @default 16384
   */
  readonly maxModelLen?: number;
  /**
   * Pictures in one request. More than the context can hold are refused by the model server.
   * @default 4
   */
  readonly maxImages?: number;
  /**
   * Instances at least, at first, and at most. Every instance costs its price for each hour.
   * @default {min: 1, desired: 2, max: 4}
   */
  readonly capacity?: CapacityConfig;
  /**
   * Addresses of the VPC, a /16 to /24. Must not overlap with networks that are to reach the fleet.
   * @default '10.42.0.0/16'
   */
  readonly vpcCidr?: string;
  /**
   * How long an instance may go on answering when it is to be replaced, in seconds. A longer answer is cut, with an
   * error that says so.
   * @default 120
   */
  readonly drainTimeoutSeconds?: number;
  /**
   * What happens to bucket and secrets when the stack is deleted: 'destroy' deletes them, 'retain' keeps them.
   * @default 'destroy'
   */
  readonly removal?: 'destroy' | 'retain';
}

export interface CapacityConfig {
  readonly min: number;
  readonly desired: number;
  readonly max: number;
}

/** The config with every default applied; nothing after this reads the user's own object. */
export type ResolvedConfig = { readonly [Key in keyof PixtralConfig]-?: NonNullable<PixtralConfig[Key]> };

/** Types the config file; does nothing else. */
export function defineConfig(config: PixtralConfig): PixtralConfig {
  return config;
}
