import type { SmokeReport } from '@pixtral-fleet/smoke-tests';
import { z } from 'zod';

/** What an operator sends to the verification Lambda instead of a custom resource's event. */
export const DIRECT_REQUEST = { action: 'verify' } as const;

/** What it answers: the report of the smoke tests, or why they could not run. */
export type DirectAnswer =
  | { readonly kind: 'report'; readonly instances: readonly string[]; readonly report: SmokeReport }
  | { readonly kind: 'could-not-run'; readonly reason: string };

/** Whether an event asks for a report rather than for an answer to CloudFormation. */
export function isDirectRequest(event: object): boolean {
  return 'action' in event && event.action === DIRECT_REQUEST.action;
}

const check = z.object({
  name: z.string(),
  ok: z.boolean(),
  ms: z.number(),
  evidence: z.string(),
  advice: z.string().optional(),
});

const answerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('report'),
    instances: z.array(z.string()),
    report: z.object({
      version: z.literal(1),
      ok: z.boolean(),
      endpoint: z.string(),
      model: z.string(),
      startedAt: z.string(),
      ms: z.number(),
      checks: z.array(check),
    }),
  }),
  z.object({ kind: z.literal('could-not-run'), reason: z.string() }),
]);

/** Reads the Lambda's payload. @throws Error for what an older version of the Lambda, or another one, returns. */
export function parseDirectAnswer(payload: unknown): DirectAnswer {
  const result = answerSchema.safeParse(payload);
  if (result.success) return result.data as DirectAnswer;
  throw new Error(
    `the verification Lambda returned ${JSON.stringify(payload)?.slice(0, 200)}, expected a report: it was deployed by another version; deploy again`,
  );
}
