import { styleText } from 'node:util';
import type { PreparedDestroy } from '@pixtral-fleet/operator/destroy';
import { formatTable } from './table.ts';

/** What would be deleted, what is kept and what that costs a month. Pure. */
export function formatDestroyPlan({ stack, deleted, kept, bootstrapBucket }: PreparedDestroy): string {
  const lines = [
    `${stack.name} in ${stack.region} (${stack.status})`,
    styleText('dim', 'deleted:'),
    indent(
      formatTable({
        rows: deleted.map(({ kind, count }) => [String(count), kind]),
        align: ['right', 'left'],
      }),
    ),
    styleText('dim', 'kept:'),
    indent(formatKept(kept)),
  ];
  if (bootstrapBucket !== undefined) {
    lines.push(indent(`${bootstrapBucket}: the CDK's own bucket, which other stacks use too`));
  }
  return lines.join('\n');
}

function formatKept(kept: PreparedDestroy['kept']): string {
  if (kept.length === 0) return 'nothing of the fleet';
  const rows = kept.map(({ type, physicalId, size, usdPerMonth }) => [
    type.replace(/^AWS::/, '').replace('::', ' '),
    physicalId,
    size ?? '',
    usdPerMonth === undefined ? 'free' : `$${usdPerMonth.toFixed(2)} a month`,
  ]);
  const total = kept.reduce((sum, { usdPerMonth = 0 }) => sum + usdPerMonth, 0);
  return `${formatTable({ rows, align: ['left', 'left', 'right', 'right'] })}\ntogether $${total.toFixed(2)} a month, until you delete them`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
