import { styleText } from 'node:util';
import type { Plan } from '@pixtral-fleet/operator/plan';
import { formatTable } from './table.ts';

/** Longer texts wrap here, so that tables fit a terminal of 120 characters. */
const TEXT_WIDTH = 72;

/** A plan for a person: one section a question. */
export function formatPlan(plan: Plan): string {
  return [
    heading(plan),
    section('Instances', instanceTable(plan)),
    section('GPU memory, GiB', memoryTable(plan)),
    section(
      `Boot of ${plan.boot.instanceType}, seconds (computed or assumed, not measured)`,
      bootTable(plan),
    ),
    section(`Cost a month, US dollars (${plan.prices.region})`, costTable(plan)),
    section('US dollars for 1,000 images (modelled, not measured; the instance alone)', imageTable(plan)),
    section(`Break-even against an API at ${plan.apiPrice}`, breakEvenTable(plan)),
    notes(plan),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function heading({ stackName, region, network, capacity, warnings }: Plan): string {
  const { min, desired, max, spot } = capacity;
  const lines = [
    `${stackName} in ${region}: ${min} to ${max} instances, ${desired} at first${spot ? ', part of them Spot' : ''}; network ${network}`,
    ...warnings.map((warning) => `${styleText('yellow', '!')} ${warning}`),
  ];
  return lines.join('\n');
}

function section(title: string, body: string): string {
  return body === '' ? '' : `${styleText('bold', title)}\n${body}`;
}

function instanceTable({ instanceTypes }: Plan): string {
  return formatTable({
    head: ['', 'type', 'GPU', 'vCPU', 'memory', 'weights', '$ an hour'],
    rows: instanceTypes.map((type, index) => [
      `${index + 1}.`,
      type.type,
      type.gpus,
      String(type.vcpu),
      `${type.memoryGiB} GiB`,
      type.checkpoint,
      type.usdPerHour.toFixed(4),
    ]),
    align: ['right', 'left', 'left', 'right', 'right', 'left', 'right'],
  });
}

function memoryTable({ instanceTypes }: Plan): string {
  const columns = ['all', 'weights', 'activations', 'KV cache', 'left free', 'KV tokens'];
  return formatTable({
    head: ['type', ...columns, 'full-size pictures', 'such requests', 'batch'],
    rows: instanceTypes.map(({ type, memory, ...rest }) => [
      type,
      memory.gpuMemoryGiB.toFixed(2),
      memory.weightsGiB.toFixed(2),
      memory.activationsGiB.toFixed(2),
      memory.kvCacheGiB.toFixed(2),
      rest.freeGiB.toFixed(2),
      whole(memory.kvTokens),
      whole(rest.fullSizePictures),
      whole(rest.fullSizeRequests),
      whole(rest.maxNumSeqs),
    ]),
    align: ['left', ...Array.from({ length: 9 }, () => 'right' as const)],
  });
}

function bootTable({ boot }: Plan): string {
  const table = formatTable({
    head: ['phase', 'best', 'worst', 'how'],
    rows: [
      ...boot.phases.map((phase) => [
        phase.name,
        phase.bestSeconds.toFixed(0),
        phase.worstSeconds.toFixed(0),
        phase.basis,
      ]),
      ['all', boot.bestSeconds.toFixed(0), boot.worstSeconds.toFixed(0), verdictOnBoot(boot)],
    ],
    align: ['left', 'right', 'right', 'left'],
    wrapAt: { 3: TEXT_WIDTH },
  });
  return table;
}

function verdictOnBoot({ within, budgetSeconds }: Plan['boot']): string {
  if (within === 'worst') return `within the budget of ${budgetSeconds} s in any case`;
  if (within === 'best') return `within the budget of ${budgetSeconds} s when all goes well, not otherwise`;
  return `over the budget of ${budgetSeconds} s in any case`;
}

function costTable({ monthly, capacity }: Plan): string {
  const { min, desired, max } = capacity;
  const row = (item: string, usd: Plan['monthly']['total'], basis: string) => [
    item,
    money(usd.min),
    money(usd.desired),
    money(usd.max),
    basis,
  ];
  return formatTable({
    head: ['line', `at min ${min}`, `at desired ${desired}`, `at max ${max}`, 'how'],
    rows: [
      ...monthly.lines.map(({ item, usd, basis }) => row(item, usd, basis)),
      row('Total', monthly.total, ''),
    ],
    align: ['left', 'right', 'right', 'right', 'left'],
    wrapAt: { 4: TEXT_WIDTH - 14 },
  });
}

function imageTable({ images }: Plan): string {
  const percents = images[0]?.usdPerThousand.map(({ utilization }) => `${utilization * 100} % busy`) ?? [];
  return formatTable({
    head: ['type', 'picture', 'tokens', 'images/s', ...percents, 'pace set by'],
    rows: images.map((row) => [
      row.instanceType,
      size(row.picture),
      whole(row.promptTokens),
      row.imagesPerSecond.toFixed(2),
      ...row.usdPerThousand.map(({ usd }) => usd.toFixed(2)),
      row.bound,
    ]),
    align: ['left', 'left', ...Array.from({ length: 2 + percents.length }, () => 'right' as const)],
  });
}

function breakEvenTable({ images, capacity }: Plan): string {
  return formatTable({
    head: ['type', 'picture', 'API, $ for 1,000', 'images a month', 'busy then', ''],
    rows: images.map(({ instanceType, picture, apiUsdPerThousand, breakEven }) => [
      instanceType,
      size(picture),
      apiUsdPerThousand.toFixed(2),
      Number.isFinite(breakEven.imagesPerMonth) ? whole(breakEven.imagesPerMonth) : 'never',
      Number.isFinite(breakEven.utilization) ? `${(breakEven.utilization * 100).toFixed(0)} %` : '',
      breakEven.worthwhile ? '' : `more than ${Math.max(1, capacity.desired)} such instances answer`,
    ]),
    align: ['left', 'left', 'right', 'right', 'right', 'left'],
  });
}

function notes({ monthly, publishedShare, images, imagesPerMonth, prices }: Plan): string {
  const lines = [
    ...monthly.notes,
    `traffic is taken to be ${whole(imagesPerMonth)} pictures of 1 MB a month (--images-per-month)`,
    ...(images.length > 0
      ? [
          `images/s are what an instance answers when it never waits for work, 64 tokens of question and 128 of answer; published measurements on other GPUs reached ${publishedShare.least} to ${publishedShare.most} of the same arithmetic, so that an image may cost ${(1 / publishedShare.most).toFixed(1)} to ${(1 / publishedShare.least).toFixed(1)} times as much`,
          'break-even: the whole bill of a fleet that has the desired size and only instances of that type',
        ]
      : []),
    `prices: ${[prices.instances, ...prices.others].join('; ')}`,
    'every formula and its source: docs/costs.md',
  ];
  return formatTable({ rows: lines.map((line) => ['-', line]), wrapAt: { 1: 110 } });
}

function money(usd: number): string {
  return usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function size({ width, height }: { readonly width: number; readonly height: number }): string {
  return `${width}x${height}`;
}
