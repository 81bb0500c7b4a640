import { styleText } from 'node:util';
import type { Range, TrafficStatus } from '@pixtral-fleet/operator/status';
import { formatTable } from './table.ts';

/** What a fleet's metrics say, for a person; empty where nothing was published. Pure. */
export function formatTraffic(traffic: TrafficStatus | undefined): string {
  if (!traffic) return '';
  const blocks = [formatRecent(traffic), formatEvents(traffic)];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function formatRecent({ recent, recentSeconds }: TrafficStatus): string {
  const { refusals, tooMany } = recent;
  const why = refusals
    ? Object.entries(refusals)
        .map(([reason, number]) => `${reason} ${count(number)}`)
        .join(', ')
    : '';
  const rows = [
    ...row('requests', recent.requests, (value) => `${value.toFixed(2)} a second`),
    ...row('refused (429)', tooMany, (value) => (value === 0 ? '0' : `${count(value)} (${why})`)),
    ...row('server errors', recent.serverErrors, count),
    ...row('first token, p95', recent.firstTokenP95, (value) => `${(value / 1_000).toFixed(2)} s`),
    ...row('answers', recent.tokens, (value) => `${value.toFixed(1)} tokens a second`),
    ...row('in flight', recent.inFlight, (range) => ofInstance(range, '', 1)),
    ...row('backlog', recent.backlog, (range) => ofInstance(range, ' s', 1)),
    ...row('image tokens waiting or at work', recent.imageTokenBacklog, (range) => ofInstance(range, '', 0)),
    ...row('load', recent.load, (range) => ofInstance(range, ' %', 0)),
    ...row('KV cache in use', recent.kvCache, (range) => ofInstance(range, ' %', 0)),
  ];
  if (rows.length === 0) return '';
  return [styleText('dim', `last ${recentSeconds / 60} minutes`), formatTable({ rows })].join('\n');
}

function formatEvents({ events, eventHours }: TrafficStatus): string {
  const rows = [
    ...row('worst gate', events.worstGate, (value) => `${value.toFixed(0)} % right`),
    ...row('slowest boot', events.slowestBoot, (value) => `${value.toFixed(0)} s`),
    ...[
      ['gates failed', events.gateFailed],
      ['boots failed', events.bootFailed],
      ['model servers restarted', events.engineRestarts],
      ['of those, hung', events.engineHangs],
      ['instances drained', events.drains],
      ['requests cut by drains', events.drainCutRequests],
    ].flatMap(([name, number]) => (number === 0 ? [] : [[String(name), String(number)]])),
  ];
  if (rows.length === 0) return '';
  return [styleText('dim', `last ${eventHours} hours`), formatTable({ rows })].join('\n');
}

function row<Value>(
  name: string,
  value: Value | undefined,
  format: (value: Value) => string,
): readonly (readonly string[])[] {
  return value === undefined ? [] : [[name, format(value)]];
}

function ofInstance({ average, most }: Range, unit: string, digits: number): string {
  return `${average.toFixed(digits)}${unit} an instance, ${most.toFixed(digits)}${unit} at most`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
