import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { METRIC_DIMENSIONS, METRIC_NAMESPACE, METRICS, type MetricId } from '@pixtral-fleet/catalog';
import type { FleetClients } from '../aws/fleet-clients.ts';
import type { Range, TrafficStatus } from './fleet-status.ts';

const MINUTE_SECONDS = 60;
const RECENT_SECONDS = 5 * MINUTE_SECONDS;
const HOUR_SECONDS = 3_600;
const EVENT_HOURS = 24;

/** A metric of the fleet, by one statistic. */
interface Query {
  readonly id: MetricId;
  readonly stat: 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'p95';
}

const both = (id: MetricId): readonly Query[] => [
  { id, stat: 'Average' },
  { id, stat: 'Maximum' },
];
const sum = (id: MetricId): Query => ({ id, stat: 'Sum' });

const RECENT: readonly Query[] = [
  sum('requests'),
  sum('requestsRefused'),
  sum('refusedLate'),
  sum('refusedOverdue'),
  sum('refusedFull'),
  sum('serverErrors'),
  sum('answerTokens'),
  { id: 'timeToFirstToken', stat: 'p95' },
  ...both('requestsInFlight'),
  ...both('imageTokenBacklog'),
  ...both('backlog'),
  ...both('load'),
  ...both('kvCacheUsed'),
];

const EVENTS: readonly Query[] = [
  sum('gateFailed'),
  sum('bootFailed'),
  sum('engineRestarts'),
  sum('engineHangs'),
  sum('drains'),
  sum('drainCutRequests'),
  { id: 'gateScore', stat: 'Minimum' },
  { id: 'bootDuration', stat: 'Maximum' },
];

/** What the fleet's agents have published in the last minutes, and what went wrong in the last hours. */
export async function readTraffic(
  clients: Pick<FleetClients, 'cloudWatch'>,
  stackName: string,
  now: Date = new Date(),
): Promise<TrafficStatus> {
  const [recent, events] = await Promise.all([
    read(clients, { stackName, queries: RECENT, seconds: RECENT_SECONDS, period: MINUTE_SECONDS, now }),
    read(clients, {
      ...{ stackName, queries: EVENTS, now },
      ...{ seconds: EVENT_HOURS * HOUR_SECONDS, period: HOUR_SECONDS },
    }),
  ]);
  return describeTraffic(recent, events);
}

/** Values of each query, one for each period in which something was published. */
export type Values = (id: MetricId, stat: Query['stat']) => readonly number[];

/** Pure. */
export function describeTraffic(recent: Values, events: Values): TrafficStatus {
  const total = (id: MetricId) => totalOf(recent(id, 'Sum'));
  const aSecond = (id: MetricId) => divide(total(id), RECENT_SECONDS);
  const range = (id: MetricId): Range | undefined => {
    const averages = recent(id, 'Average');
    const average = divide(totalOf(averages), averages.length);
    return average === undefined ? undefined : { average, most: Math.max(...recent(id, 'Maximum')) };
  };
  const times = (id: MetricId) => totalOf(events(id, 'Sum')) ?? 0;
  const [late, overdue, full] = [total('refusedLate'), total('refusedOverdue'), total('refusedFull')];
  return {
    recentSeconds: RECENT_SECONDS,
    recent: {
      requests: aSecond('requests'),
      tooMany: total('requestsRefused'),
      refusals: late === undefined ? undefined : { late, overdue: overdue ?? 0, full: full ?? 0 },
      serverErrors: total('serverErrors'),
      firstTokenP95: mostOf(recent('timeToFirstToken', 'p95')),
      tokens: aSecond('answerTokens'),
      inFlight: range('requestsInFlight'),
      imageTokenBacklog: range('imageTokenBacklog'),
      backlog: range('backlog'),
      load: range('load'),
      kvCache: range('kvCacheUsed'),
    },
    eventHours: EVENT_HOURS,
    events: {
      gateFailed: times('gateFailed'),
      bootFailed: times('bootFailed'),
      engineRestarts: times('engineRestarts'),
      engineHangs: times('engineHangs'),
      drains: times('drains'),
      drainCutRequests: times('drainCutRequests'),
      worstGate: leastOf(events('gateScore', 'Minimum')),
      slowestBoot: mostOf(events('bootDuration', 'Maximum')),
    },
  };
}

/** Whole periods, the last of which is not over. */
async function read(
  { cloudWatch }: Pick<FleetClients, 'cloudWatch'>,
  options: {
    readonly stackName: string;
    readonly queries: readonly Query[];
    readonly seconds: number;
    readonly period: number;
    readonly now: Date;
  },
): Promise<Values> {
  const { stackName, queries, seconds, period, now } = options;
  const end = Math.ceil(now.getTime() / 1_000 / period) * period;
  const { MetricDataResults: results = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date((end - seconds) * 1_000),
      EndTime: new Date(end * 1_000),
      MetricDataQueries: queries.map(({ id, stat }, index) => ({
        Id: `q${index}`,
        MetricStat: {
          Metric: {
            Namespace: METRIC_NAMESPACE,
            MetricName: METRICS[id].name,
            Dimensions: [{ Name: METRIC_DIMENSIONS.fleet, Value: stackName }],
          },
          Period: period,
          Stat: stat,
        },
      })),
    }),
  );
  const values = new Map(results.map(({ Id, Values = [] }) => [Id, Values]));
  return (id, stat) => {
    const index = queries.findIndex((query) => query.id === id && query.stat === stat);
    return values.get(`q${index}`) ?? [];
  };
}

function totalOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
}

function mostOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function leastOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function divide(total: number | undefined, by: number): number | undefined {
  return total === undefined ? undefined : total / by;
}
