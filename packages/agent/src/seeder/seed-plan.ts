import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ModelFormat } from './hub/choose-files.ts';
import { type ModelPin, modelPinSchema } from './hub/model-pin.ts';
import { RUNTIME_KINDS, type RuntimeKind } from './runtime-kinds.ts';

/** A checkpoint that the bucket shall hold. */
export interface PlannedModel {
  /** Repository of the hub. */
  readonly repository: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  readonly format: ModelFormat;
  /** In the bucket; ends with "/". */
  readonly prefix: string;
  /** What the revision must hold; without it, what it holds when it is fetched. */
  readonly pin?: ModelPin | undefined;
}

/** What a bucket shall hold: `plan.json` in the seeder's source. */
export interface SeedPlan {
  readonly version: 1;
  readonly models: readonly PlannedModel[];
  readonly runtime: {
    readonly kind: RuntimeKind;
    /** In the bucket; ends with "/". Names what the runtime is made of: what lies there need not be built again. */
    readonly prefix: string;
    /** Lock file of its packages, relative to the plan. */
    readonly lockFile: string;
  };
}

const prefix = z.string().regex(/^[^/].*\/$/, 'must not begin and must end with "/"');

const schema: z.ZodType<SeedPlan> = z.strictObject({
  version: z.literal(1),
  models: z.array(
    z.strictObject({
      repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'),
      revision: z.string().min(1),
      format: z.enum(['mistral', 'hf']),
      prefix,
      pin: modelPinSchema.optional(),
    }),
  ),
  runtime: z.strictObject({ kind: z.enum(RUNTIME_KINDS), prefix, lockFile: z.string().min(1) }),
});

/** @throws Error that names the file and what is wrong with it. */
export async function loadSeedPlan(file: string): Promise<SeedPlan> {
  const result = schema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (result.success) return result.data;
  throw new Error(`${file} is no plan for the seeder: ${z.prettifyError(result.error)}`);
}
