import { availableParallelism, loadavg } from 'node:os';
import type { AlarmResult, PaceResult } from './good-model.ts';
import type { MutantResult } from './mutant-result.ts';

/** What became of the broken ones, as Markdown. */
export function formatMutants(results: readonly MutantResult[]): string {
  return [
    '| mutant | what is wrong | refused | caught by | how | after |',
    '|---|---|---|---|---|---|',
    ...results.map(
      ({ name, wrong, tries, caught, by, how, ms }) =>
        `| ${name} | ${wrong} | ${caught} of ${tries} | ${by} | ${how.replaceAll('|', '/')} | ${seconds(ms)} |`,
    ),
  ].join('\n');
}

/** How often a model that sees was refused, and how long its gates took, as Markdown. */
export function formatAlarms(result: AlarmResult): string {
  const { gates, refusals, ms, concurrency, kinds } = result;
  const among = concurrency > 1 ? `, ${concurrency} gates at the same time` : '';
  const kindList = kinds.map(({ kind, right, asked }) => `${kind} ${right} of ${asked}`).join(', ');
  return [
    `${refusals.length} of ${gates} gates refused${boundOf(result)}. A gate took ${seconds(ms.median)} (median), ${seconds(ms.p95)} (p95), at most ${seconds(ms.most)}${among}.`,
    `Answered right: ${kindList}.`,
    ...refusals.slice(0, MOST_REFUSALS).map((reason) => `- ${reason}`),
  ].join('\n');
}

const MOST_REFUSALS = 5;

/** The rule of three: 0 of n leaves, with 95 % confidence, at most 3 / n. */
function boundOf({ gates, refusals }: AlarmResult): string {
  return refusals.length > 0 ? '' : `, so with 95 % confidence it is less than 1 in ${Math.floor(gates / 3)}`;
}

/** How long a gate takes by itself, as Markdown. */
export function formatPaces(results: readonly PaceResult[]): string {
  return [
    '| model server | a gate that is passed takes |',
    '|---|---|',
    ...results.map(({ name, ms }) => `| ${name} | ${seconds(ms)} |`),
    '',
    `Measured with a load average of ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()} cores.`,
  ].join('\n');
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
