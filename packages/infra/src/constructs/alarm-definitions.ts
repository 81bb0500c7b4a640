import { BOOT_BUDGET_SECONDS, type MetricId } from '@pixtral-fleet/catalog';
import { Duration } from 'aws-cdk-lib';
import type { ResolvedConfig } from '../config/index.ts';

/** Names of alarms and notices; each has its runbook `docs/runbooks/<name>.md`. */
export const RUNBOOK_NAMES = [
  'no-healthy-target',
  'server-errors',
  'balancer-errors',
  'slow-first-token',
  'gate-failures',
  'boot-failures',
  'launch-failures',
  'slow-boot',
  'engine-restarts',
  'gpu-memory',
  'kv-cache',
  'api-key-age',
  'canary-failures',
  'budget',
] as const;

export type RunbookName = (typeof RUNBOOK_NAMES)[number];

/** Where people find what to do, from the repository's root. */
export function runbookPath(name: RunbookName): string {
  return `docs/runbooks/${name}.md`;
}

/** An alarm on what agents publish: raised when the statistic is above the threshold in every one of its periods. */
export interface AgentAlarm {
  readonly name: RunbookName;
  /** What has happened when it is raised, in a sentence. */
  readonly meaning: string;
  readonly metric: MetricId;
  readonly statistic: string;
  readonly above: number;
  readonly period: Duration;
  readonly periods: number;
  /** Raised while instances are replaced, it ends the update and brings the old instances back. */
  readonly endsUpdate: boolean;
}

const FIVE_MINUTES = Duration.minutes(5);

/**
 * The table of alarms on agents' metrics. Missing data never raises one: a fleet that publishes nothing has no healthy
 * target either, and that alarm treats missing data as breaching.
 */
export function planAgentAlarms({ operations }: Pick<ResolvedConfig, 'operations'>): readonly AgentAlarm[] {
  const { slowFirstTokenSeconds, apiKeyMaxAgeDays } = operations;
  return [
    {
      name: 'server-errors',
      meaning:
        'At least 5 requests in 5 minutes ended in an error of the fleet (5xx, or a stream that broke off).',
      ...{ metric: 'serverErrors', statistic: 'Sum', above: 4 },
      ...{ period: FIVE_MINUTES, periods: 1, endsUpdate: true },
    },
    {
      name: 'gate-failures',
      meaning: 'The model of an instance answered wrong about pictures; the instance does not serve.',
      ...{ metric: 'gateFailed', statistic: 'Sum', above: 0 },
      ...{ period: FIVE_MINUTES, periods: 1, endsUpdate: true },
    },
    {
      name: 'boot-failures',
      meaning: 'At least 2 instances in 10 minutes did not come into service, and said why.',
      ...{ metric: 'bootFailed', statistic: 'Sum', above: 1 },
      ...{ period: Duration.minutes(10), periods: 1, endsUpdate: true },
    },
    {
      name: 'engine-restarts',
      meaning: 'At least 3 model servers died or hung and were started again in 15 minutes.',
      ...{ metric: 'engineRestarts', statistic: 'Sum', above: 2 },
      ...{ period: Duration.minutes(15), periods: 1, endsUpdate: true },
    },
    {
      name: 'slow-first-token',
      meaning: `One in twenty streamed answers took longer than ${slowFirstTokenSeconds} s to begin, for 15 minutes.`,
      ...{ metric: 'timeToFirstToken', statistic: 'p95', above: slowFirstTokenSeconds * 1_000 },
      // An update that would end a shortage must not be ended by it.
      ...{ period: FIVE_MINUTES, periods: 3, endsUpdate: false },
    },
    {
      name: 'slow-boot',
      meaning: `An instance took longer than ${BOOT_BUDGET_SECONDS} s from the start of its agent to service.`,
      ...{ metric: 'bootDuration', statistic: 'Maximum', above: BOOT_BUDGET_SECONDS },
      ...{ period: FIVE_MINUTES, periods: 1, endsUpdate: false },
    },
    {
      name: 'gpu-memory',
      // vLLM takes 92 % at its start and keeps it: what is above grows.
      meaning:
        'The memory of a GPU was more than 98 % in use for 15 minutes: the model server may die of it.',
      ...{ metric: 'gpuMemoryUsed', statistic: 'Maximum', above: 98 },
      ...{ period: FIVE_MINUTES, periods: 3, endsUpdate: false },
    },
    {
      name: 'kv-cache',
      meaning:
        'KV caches were more than 95 % in use on average for 15 minutes: requests wait or are computed twice.',
      ...{ metric: 'kvCacheUsed', statistic: 'Average', above: 95 },
      ...{ period: FIVE_MINUTES, periods: 3, endsUpdate: false },
    },
    {
      name: 'api-key-age',
      meaning: `An instance accepts an API key that is older than ${apiKeyMaxAgeDays} days.`,
      ...{ metric: 'apiKeyAge', statistic: 'Maximum', above: apiKeyMaxAgeDays },
      ...{ period: Duration.hours(1), periods: 1, endsUpdate: false },
    },
  ];
}
