import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { UNIT_PRICES } from '@pixtral-fleet/catalog';
import { resolveConfig } from '@pixtral-fleet/infra/config';
import { makePlan } from '@pixtral-fleet/operator/plan';
import { writeSection } from '@pixtral-fleet/smoke-tests/write-section';
import { formatPlan } from '../src/output/format-plan.ts';
import { REPOSITORY } from '../src/repository.ts';

/** The page about costs: what is computed in it is put there by `npm run costs -w packages/cli`. */
export const COSTS_DOCUMENT: string = join(REPOSITORY, 'docs', 'costs.md');

/** The computed sections as Markdown, by name. */
export function costsSections(): Readonly<Record<'prices' | 'plan', string>> {
  const plan = stripVTControlCharacters(formatPlan(makePlan(resolveConfig({}))));
  const rows = Object.entries(UNIT_PRICES).map(
    ([id, { usd, unit, source }]) => `| \`${id}\` | $${usd} | ${unit} | ${source} |`,
  );
  return {
    prices: ['| price | US dollars | for a | source |', '|---|---|---|---|', ...rows].join('\n'),
    plan: `\`\`\`\n${plan}\n\`\`\``,
  };
}

if (process.argv[1] === join(dirname(import.meta.filename), 'costs-document.ts')) {
  for (const [name, text] of Object.entries(costsSections())) {
    await writeSection({ document: COSTS_DOCUMENT, name }, text);
  }
}
