import type { Command } from 'commander';
import { parseNumber } from '../parse-number.ts';
import type { SetExitCode } from '../program.ts';

export interface PlanFlags {
  readonly config?: string;
  readonly imagesPerMonth?: number;
  readonly apiPricePer1kImages?: number;
  readonly apiPricePerMTokensIn?: number;
  readonly apiPricePerMTokensOut?: number;
  readonly diff?: boolean;
  readonly json?: boolean;
}

/** `pixtral plan`: what a config would deploy and cost, without credentials. */
export function addPlan(program: Command, setExitCode: SetExitCode): void {
  program
    .command('plan')
    .description('what would be deployed: instances, GPU memory, boot time, monthly cost, $ per 1,000 images')
    .option('--config <file>', 'config to plan for (default: pixtral.config.ts of the repository)')
    .option(
      '--images-per-month <number>',
      'pictures in a month, for what is billed by traffic (default: 1000000)',
      parseNumber('--images-per-month'),
    )
    .option(
      '--api-price-per-1k-images <usd>',
      'what an API asks for a thousand pictures, for the break-even',
      parseNumber('--api-price-per-1k-images'),
    )
    .option(
      '--api-price-per-m-tokens-in <usd>',
      "the same by tokens (default: Mistral's price for Pixtral 12B)",
      parseNumber('--api-price-per-m-tokens-in'),
    )
    .option(
      '--api-price-per-m-tokens-out <usd>',
      'the same for tokens of answers',
      parseNumber('--api-price-per-m-tokens-out'),
    )
    .option('--diff', "show CDK's difference to what is deployed instead; needs credentials")
    .option('--json', 'print the plan as JSON')
    .action(async (flags: PlanFlags) => {
      const { plan } = await import('../actions/plan.ts');
      setExitCode(await plan(flags));
    });
}
