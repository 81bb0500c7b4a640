import { CHECKPOINT_IDS } from '@pixtral-fleet/catalog';
import { z } from 'zod';
import { admissionSchema } from './sections/admission-config.ts';
import { capacitySchema } from './sections/capacity-config.ts';
import { filesSchema } from './sections/files-config.ts';
import { gatewaySchema } from './sections/gateway-config.ts';
import { instanceSchema } from './sections/instance-config.ts';
import { instanceTypesSchema } from './sections/instance-types-config.ts';
import { networkSchema } from './sections/network-config.ts';
import { operationsSchema } from './sections/operations-config.ts';
import { scalingSchema } from './sections/scaling-config.ts';
import { securitySchema } from './sections/security-config.ts';

/** What each option may be, and what it is when it is left out. */
export const configSchema = z
  .strictObject({
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as us-east-1')
      .default('us-east-1'),
    stackName: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'must begin with a letter and hold letters, digits and hyphens')
      .default('PixtralFleet'),
    instanceTypes: instanceTypesSchema.prefault(['g5.2xlarge', 'g6.2xlarge', 'g5.4xlarge', 'g6e.2xlarge']),
    checkpoint: z.enum(CHECKPOINT_IDS).default('w8a8'),
    revision: z
      .string()
      .regex(/^[A-Za-z0-9._-]+$/, 'must be a branch, tag or commit')
      .optional(),
    servedModelName: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must hold letters, digits, ".", "_" and "-"')
      .default('pixtral-12b'),
    maxModelLen: z.number().int().min(1_024).max(131_072).default(17_408),
    maxImages: z.number().int().min(1).max(64).default(4),
    drainTimeoutSeconds: z.number().int().min(1).max(3_600).default(120),
    hangTimeoutSeconds: z.number().int().min(20).max(600).default(60),
    removal: z.enum(['destroy', 'retain']).default('destroy'),
    network: networkSchema.prefault({}),
    capacity: capacitySchema.prefault({}),
    scaling: scalingSchema.prefault({}),
    admission: admissionSchema.prefault({}),
    instance: instanceSchema.prefault({}),
    gateway: gatewaySchema.prefault({}),
    files: filesSchema.prefault({}),
    operations: operationsSchema.prefault({}),
    security: securitySchema.prefault({}),
  })
  .readonly();

/** The config with every default applied; nothing after this reads the user's own object. */
export type ResolvedConfig = z.output<typeof configSchema>;

/** Names of the options at `path`, for what was probably meant by an unknown one. */
export function optionsAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = configSchema;
  for (const step of path) schema = shapeOf(schema)?.[String(step)];
  return Object.keys(shapeOf(schema) ?? {});
}

/** The fields of an object schema, whatever is wrapped around it: defaults, read-only, transforms, lists. */
function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  let inner = schema;
  while (inner instanceof z.ZodType && !(inner instanceof z.ZodObject)) {
    const {
      innerType,
      in: input,
      element,
    } = inner.def as {
      readonly innerType?: unknown;
      readonly in?: unknown;
      readonly element?: unknown;
    };
    inner = innerType ?? input ?? element;
  }
  return inner instanceof z.ZodObject ? inner.shape : undefined;
}
