import { join } from 'node:path';
import { loadConfig } from '@pixtral-fleet/infra/config';
import { makePlan } from '@pixtral-fleet/operator/plan';
import type { PlanFlags } from '../commands/plan.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { formatPlan } from '../output/format-plan.ts';
import { print } from '../output/print.ts';
import { REPOSITORY } from '../repository.ts';

export async function plan(flags: PlanFlags): Promise<ExitCode> {
  if (flags.diff) return showDifference(flags);
  const config = await loadConfig(flags.config ?? join(REPOSITORY, 'pixtral.config.ts'));
  const planned = makePlan(config, {
    imagesPerMonth: flags.imagesPerMonth,
    api: {
      usdPerThousandImages: flags.apiPricePer1kImages,
      usdPerMillionIn: flags.apiPricePerMTokensIn,
      usdPerMillionOut: flags.apiPricePerMTokensOut,
    },
  });
  print(planned, { json: flags.json, format: formatPlan });
  return EXIT.ok;
}

/** CDK compares templates itself, and prints for people. */
async function showDifference(flags: PlanFlags): Promise<ExitCode> {
  if (flags.json) throw new UsageError('--diff prints what CDK prints: leave out --json');
  if (flags.config) {
    throw new UsageError(
      '--diff compares the app of the repository, which reads pixtral.config.ts: leave out --config',
    );
  }
  const { runCdk } = await import('./run-cdk.ts');
  return runCdk(['diff']);
}
