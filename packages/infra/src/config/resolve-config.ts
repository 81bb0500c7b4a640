import { CHECKPOINT_IDS, findCheckpoint, findInstanceType, fitCheckpoint } from '@pixtral-fleet/catalog';
import { z } from 'zod';
import { ConfigError } from './config-error.ts';
import { nearestOption } from './nearest-option.ts';
import type { ResolvedConfig } from './pixtral-config.ts';

const count = z.number().int().min(0);

const schema: z.ZodType<ResolvedConfig, unknown> = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as us-east-1')
    .default('us-east-1'),
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'must begin with a letter and hold letters, digits and hyphens')
    .default('PixtralFleet'),
  instanceTypes: z
    .array(z.string())
    .min(1)
    .refine((types) => new Set(types).size === types.length, 'must not name a type twice')
    .default(['g5.2xlarge', 'g6.2xlarge', 'g5.4xlarge', 'g6e.2xlarge']),
  checkpoint: z.enum(CHECKPOINT_IDS).default('w8a8'),
  revision: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/, 'must be a branch, tag or commit')
    .default('main'),
  servedModelName: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must hold letters, digits, ".", "_" and "-"')
    .default('pixtral-12b'),
  maxModelLen: z.number().int().min(1_024).max(131_072).default(16_384),
  maxImages: z.number().int().min(1).max(64).default(4),
  capacity: z
    .strictObject({ min: count.min(1), desired: count, max: count })
    .default({ min: 1, desired: 2, max: 4 }),
  vpcCidr: z
    .cidrv4()
    .refine((cidr) => isBetween(Number(cidr.split('/')[1]), 16, 24), 'must be a /16 to /24')
    .default('10.42.0.0/16'),
  drainTimeoutSeconds: z.number().int().min(1).max(3_600).default(120),
  removal: z.enum(['destroy', 'retain']).default('destroy'),
});

const KNOWN = [
  ...['region', 'stackName', 'instanceTypes', 'checkpoint', 'revision', 'servedModelName', 'maxModelLen'],
  ...['maxImages', 'capacity', 'vpcCidr', 'drainTimeoutSeconds', 'removal'],
];

/**
 * Applies the defaults and checks what one field alone cannot tell. Resolving twice changes nothing.
 * @throws ConfigError that names the field, what was got, what is allowed and what to change.
 */
export function resolveConfig(config: unknown): ResolvedConfig {
  const result = schema.safeParse(config);
  if (!result.success)
    throw new ConfigError(`pixtral.config.ts: ${result.error.issues.map(describeIssue).join('; ')}`);
  checkCapacity(result.data);
  checkGpuCounts(result.data);
  checkFit(result.data);
  return result.data;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => `unknown option "${key}"; did you mean "${nearestOption(key, KNOWN)}"?`)
      .join('; ');
  }
  return `${issue.path.join('.') || 'the config'}: ${issue.message}`;
}

function checkCapacity({ capacity: { min, desired, max } }: ResolvedConfig): void {
  if (min <= desired && desired <= max) return;
  throw new ConfigError(
    `pixtral.config.ts: capacity must have min ≤ desired ≤ max, got min ${min}, desired ${desired}, max ${max}`,
  );
}

function checkFit({ checkpoint, instanceTypes, maxModelLen }: ResolvedConfig): void {
  for (const name of instanceTypes) {
    const fit = fitCheckpoint({
      checkpoint: findCheckpoint(checkpoint),
      instanceType: known(name),
      maxModelLen,
    });
    if (fit.fits) continue;
    const nearest = fit.nearest.map((choice) => `${choice.checkpoint} on ${choice.instanceType}`).join(', ');
    throw new ConfigError(
      `pixtral.config.ts: ${checkpoint} does not fit ${name}: ${fit.reasons.join('; ')}. Nearest that fit: ${nearest || 'none'}`,
    );
  }
}

function checkGpuCounts({ instanceTypes }: ResolvedConfig): void {
  const counts = new Set(instanceTypes.map((name) => known(name).gpu.count));
  if (counts.size <= 1) return;
  const listed = instanceTypes.map((name) => `${name} has ${known(name).gpu.count}`).join(', ');
  throw new ConfigError(
    `pixtral.config.ts: instanceTypes must have the same number of GPUs, since all start the model server with the same flags: ${listed}`,
  );
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function known(name: string) {
  try {
    return findInstanceType(name);
  } catch (error) {
    throw new ConfigError(
      `pixtral.config.ts: instanceTypes: ${error instanceof Error ? error.message : name}`,
    );
  }
}
