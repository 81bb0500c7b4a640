import type { SeeingAnswer } from '@pixtral-fleet/smoke-tests/seeing';
import { z } from 'zod';

export const BOOT_PHASES = [
  'agent-start',
  'files',
  'engine-start',
  'engine-ready',
  'gate',
  'in-service',
] as const;

export type BootPhase = (typeof BOOT_PHASES)[number];

export interface BootPhaseRecord {
  readonly name: BootPhase;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly ms: number;
}

/** A model server that died and came back. */
export interface EngineRestart {
  /** ISO 8601, when it was noticed. */
  readonly at: string;
  readonly reason: string;
  /** Until it had passed the gate again. */
  readonly ms: number;
  readonly gate: readonly SeeingAnswer[];
}

/** An instance's own account of how it came up: in the bucket under the launch template's version, and on its disk. */
export interface BootReport {
  readonly version: 1;
  readonly instanceId: string;
  readonly launchTemplateVersion: string;
  readonly ok: boolean;
  /** Why not, when it is not ok. */
  readonly reason?: string | undefined;
  readonly startedAt: string;
  readonly phases: readonly BootPhaseRecord[];
  readonly gate: readonly SeeingAnswer[];
  readonly restarts: readonly EngineRestart[];
}

const answer = z.object({
  kind: z.string(),
  question: z.string(),
  expected: z.string(),
  answer: z.string(),
  ok: z.boolean(),
  ms: z.number(),
  picture: z.string(),
});

const schema = z.object({
  version: z.literal(1),
  instanceId: z.string(),
  launchTemplateVersion: z.string(),
  ok: z.boolean(),
  reason: z.string().optional(),
  startedAt: z.iso.datetime(),
  phases: z.array(z.object({ name: z.enum(BOOT_PHASES), startedAt: z.iso.datetime(), ms: z.number() })),
  gate: z.array(answer),
  restarts: z.array(
    z.object({ at: z.iso.datetime(), reason: z.string(), ms: z.number(), gate: z.array(answer) }),
  ),
});

/** @throws Error that names what is not as it should be. */
export function parseBootReport(value: unknown): BootReport {
  const result = schema.safeParse(value);
  if (result.success) return result.data as BootReport;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.join('.') || 'the report'}: ${issue.message}`,
  );
  throw new Error(`not a boot report: ${problems.slice(0, 3).join('; ')}`);
}
