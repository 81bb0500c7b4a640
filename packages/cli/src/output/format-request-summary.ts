import type { RequestSummary, Spread } from '@pixtral-fleet/operator/logs';
import { formatTable } from './table.ts';

/** What requests came to, for a person. Pure. */
export function formatRequestSummary(summary: RequestSummary): string {
  if (summary.requests === 0) return 'no request ended in this time';
  return [formatTotals(summary), formatTimes(summary), formatKeys(summary)].join('\n\n');
}

function formatTotals(summary: RequestSummary): string {
  const { requests, instances, statuses, refusals, clientsLeft, images } = summary;
  const rows = [
    ['requests', `${count(requests)} at ${instances.join(', ')}`],
    ['statuses', listOf(statuses)],
    ...(Object.keys(refusals).length > 0 ? [['refused by admission', listOf(refusals)]] : []),
    ...(clientsLeft > 0 ? [['clients that left', count(clientsLeft)]] : []),
    ['pictures', `${count(images)}, ${count(summary.imageTokens)} tokens`],
    ['answers', `${count(summary.answerTokens)} tokens`],
  ];
  return formatTable({ rows });
}

function formatTimes({ firstToken, place, total }: RequestSummary): string {
  const times: readonly (readonly [string, Spread | undefined])[] = [
    ['to a place at the model server', place],
    ['to the first token', firstToken],
    ['to the end', total],
  ];
  return formatTable({
    head: ['since the headers came', 'requests', 'p50', 'p95', 'most'],
    align: ['left', 'right', 'right', 'right', 'right'],
    rows: times.flatMap(([name, spread]) =>
      spread ? [[name, count(spread.count), ...[spread.p50, spread.p95, spread.most].map(seconds)]] : [],
    ),
  });
}

function formatKeys({ keys }: RequestSummary): string {
  return formatTable({
    head: ['key', 'requests', '429', 'image tokens', 'answer tokens'],
    align: ['left', 'right', 'right', 'right', 'right'],
    rows: keys.map(({ name, requests, refused, imageTokens, answerTokens }) => [
      name,
      ...[requests, refused, imageTokens, answerTokens].map(count),
    ]),
  });
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, number]) => `${name}: ${count(number)}`)
    .join(', ');
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
