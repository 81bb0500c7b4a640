import type { DrillStream } from '../drill/streaming-load.ts';
import type { GroupInstance } from '../instances/auto-scaling-view.ts';

/**
 * What an update must show, also one that is rolled back: every instance was replaced, all of them by the same launch
 * template version, and not one stream was cut or refused meanwhile. Returns the problems in words.
 */
export function judgeUpdate(update: {
  readonly streams: readonly DrillStream[];
  readonly before: readonly GroupInstance[];
  readonly after: readonly GroupInstance[];
}): readonly string[] {
  const { streams, before, after } = update;
  const problems: string[] = [];
  if (streams.length === 0) problems.push('no stream was sent');
  const broken = streams.filter((stream) => stream.outcome !== 'completed');
  if (broken.length > 0)
    problems.push(`${broken.length} of ${streams.length} streams were cut; first: ${broken[0]?.error}`);

  const kept = after.filter(({ id }) => before.some((old) => old.id === id));
  if (kept.length > 0) problems.push(`not replaced: ${list(kept)}`);
  if (after.length < before.length)
    problems.push(`${after.length} instances are in service, ${before.length} were before`);
  const versions = new Set(after.map(({ launchTemplateVersion }) => launchTemplateVersion));
  if (versions.size > 1) problems.push(`instances of several versions: ${[...versions].sort().join(', ')}`);

  const idle = [...before, ...after].filter(({ id }) => !streams.some((stream) => stream.instanceId === id));
  if (streams.length > 0 && idle.length > 0) problems.push(`no stream was on ${list(idle)}`);
  return problems;
}

function list(instances: readonly GroupInstance[]): string {
  return instances.map(({ id }) => id).join(', ');
}
