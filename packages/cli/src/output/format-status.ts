import { styleText } from 'node:util';
import { type FleetStatus, type InstanceStatus, isRefreshing } from '@pixtral-fleet/operator/status';
import { formatTraffic } from './format-traffic.ts';
import { mark } from './mark.ts';
import { formatTable } from './table.ts';

/** How a fleet stands, for a person: what it is, its instances, what is wrong, what happened last. Pure. */
export function formatStatus(status: FleetStatus): string {
  const blocks = [
    formatHead(status),
    formatInstances(status.instances),
    formatTraffic(status.traffic),
    formatProblems(status),
    formatActivities(status),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function formatHead({ stack, group, endpointUrl, servedModelName, refresh }: FleetStatus): string {
  const changed =
    stack.changedAt === undefined ? '' : `, ${stack.changedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const rows = [
    ['stack', `${stack.name} in ${stack.region}: ${stack.status}${changed}`],
    ...(endpointUrl === undefined ? [] : [['endpoint', `${endpointUrl} (${servedModelName ?? 'no model'})`]]),
    ...(group
      ? [
          [
            'group',
            `${group.desired} desired (${group.min} to ${group.max}), launch template version ${group.launchTemplateVersion ?? 'unknown'}`,
          ],
        ]
      : []),
    ...(refresh && isRefreshing(refresh) ? [['refresh', `${refresh.status}, ${refresh.percent} %`]] : []),
  ];
  return formatTable({ rows });
}

function formatInstances(instances: readonly InstanceStatus[]): string {
  return formatTable({
    head: ['instance', 'type', 'zone', 'state', 'version', 'phase', 'boot', 'gate', 'load', 'target', ''],
    align: ['left', 'left', 'left', 'left', 'right', 'left', 'right', 'right', 'right', 'left', 'left'],
    rows: instances.map((instance) => [
      instance.id,
      instance.type,
      instance.zone,
      instance.lifecycleState,
      `${instance.launchTemplateVersion}${instance.current ? '' : ' (old)'}`,
      instance.phase,
      instance.bootSeconds === undefined ? '-' : `${instance.bootSeconds.toFixed(0)} s`,
      instance.gate ? `${instance.gate.right}/${instance.gate.asked}` : '-',
      instance.load === undefined ? '-' : `${instance.load.toFixed(0)} %`,
      instance.targetHealth ?? '-',
      [instance.purchase === 'spot' ? 'spot' : '', instance.spotNotice ? 'being taken back' : '']
        .filter((word) => word !== '')
        .join(', '),
    ]),
  });
}

function formatProblems({ problems }: FleetStatus): string {
  if (problems.length === 0) return `${mark('ok')} nothing to report`;
  return problems.map((problem) => `${mark('fail')} ${problem}`).join('\n');
}

function formatActivities({ activities }: FleetStatus): string {
  if (activities.length === 0) return '';
  const rows = activities.map(({ at, status, description, message }) => [
    at.slice(5, 19).replace('T', ' '),
    status,
    message === undefined ? description : `${description}: ${message}`,
  ]);
  return [styleText('dim', 'last scaling activities (UTC)'), formatTable({ rows, wrapAt: { 2: 100 } })].join(
    '\n',
  );
}
