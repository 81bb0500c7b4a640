import { DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import { BatchGetBuildsCommand, ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { findStack, listResources } from '../fleet/find-stack.ts';
import { type FleetParts, findParts } from '../fleet/fleet-parts.ts';
import { readBootReports } from '../fleet/read-boot-reports.ts';
import { readLogLines } from '../logs/read-log-lines.ts';
import type { FailedBuild, FailureEvidence } from './explain-failure.ts';
import { readStackEvents } from './stack-events.ts';

/** Lines of a failed build that are kept. */
const BUILD_LINES = 40;

/** What is seen of a fleet while it may still be there: a rollback deletes bucket, group and project. */
export type FleetEvidence = Pick<FailureEvidence, 'refusals' | 'refusedLaunches' | 'build'>;

export const NO_EVIDENCE: FleetEvidence = { refusals: [], refusedLaunches: [], build: undefined };

/** Everything that tells why a deployment failed, gathered from CloudFormation and from what is left of the fleet. */
export async function gatherEvidence(
  clients: FleetClients,
  deployment: {
    readonly stackName: string;
    /** Of the stack, once it is known: events of a deleted stack are found by id only. */
    readonly stackId?: string | undefined;
    readonly since: Date;
    readonly cdkOutput: string;
    /** Seen while it was under way. */
    readonly seen: FleetEvidence;
  },
): Promise<FailureEvidence> {
  const { stackName, stackId, since, cdkOutput, seen } = deployment;
  const events = await readStackEvents(clients, stackId ?? stackName, since);
  const stack = await findStack(clients, stackName);
  const parts = stack ? findParts(stack, await listResources(clients, stackName)) : undefined;
  const now = parts ? await gatherFleetEvidence(clients, parts, since) : NO_EVIDENCE;
  return { events, cdkOutput, ...mergeEvidence(seen, now) };
}

/** What the fleet's own parts say at this moment. Parts that do not exist say nothing. */
export async function gatherFleetEvidence(
  clients: FleetClients,
  parts: FleetParts,
  since: Date,
): Promise<FleetEvidence> {
  const [reports, refusedLaunches, build] = await Promise.all([
    unlessGone([], async () =>
      parts.bucket === undefined ? [] : readBootReports(clients, { bucket: parts.bucket, since }),
    ),
    unlessGone([], () => readRefusedLaunches(clients, parts, since)),
    unlessGone(undefined, () => findFailedBuild(clients, parts, since)),
  ]);
  return { refusals: reports.filter(({ ok }) => !ok), refusedLaunches, build };
}

/** What was seen at two times: a report is the same when instance and version are. */
export function mergeEvidence(earlier: FleetEvidence, later: FleetEvidence): FleetEvidence {
  const known = new Set(later.refusals.map(({ instanceId }) => instanceId));
  return {
    refusals: [...later.refusals, ...earlier.refusals.filter(({ instanceId }) => !known.has(instanceId))],
    refusedLaunches:
      later.refusedLaunches.length >= earlier.refusedLaunches.length
        ? later.refusedLaunches
        : earlier.refusedLaunches,
    build: later.build ?? earlier.build,
  };
}

/** A refused launch has failed; one that a lifecycle hook ended is cancelled, and its boot report says why. */
async function readRefusedLaunches(
  { autoScaling }: FleetClients,
  { group }: FleetParts,
  since: Date,
): Promise<readonly string[]> {
  if (group === undefined) return [];
  const { Activities: activities = [] } = await autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, MaxRecords: 100 }),
  );
  return activities
    .filter(({ StartTime: at, StatusCode }) => at !== undefined && at >= since && StatusCode === 'Failed')
    .filter(({ Description = '' }) => Description.startsWith('Launching'))
    .map(({ StatusMessage = '' }) => StatusMessage);
}

async function findFailedBuild(
  clients: FleetClients,
  { seederProject }: FleetParts,
  since: Date,
): Promise<FailedBuild | undefined> {
  if (seederProject === undefined) return undefined;
  const { ids: [newest] = [] } = await clients.codeBuild.send(
    new ListBuildsForProjectCommand({ projectName: seederProject, sortOrder: 'DESCENDING' }),
  );
  if (newest === undefined) return undefined;
  const { builds: [build] = [] } = await clients.codeBuild.send(new BatchGetBuildsCommand({ ids: [newest] }));
  if (!build?.buildComplete || build.buildStatus === 'SUCCEEDED' || (build.startTime ?? since) < since) {
    return undefined;
  }
  const failed = build.phases?.find(({ phaseStatus }) => phaseStatus && phaseStatus !== 'SUCCEEDED');
  const said = failed?.contexts?.flatMap(({ message }) => message ?? []) ?? [];
  return {
    status: build.buildStatus ?? 'FAILED',
    phase: failed?.phaseType,
    lines: [...(await lastLines(clients, build.logs)), ...said],
  };
}

async function lastLines(
  clients: FleetClients,
  place: { readonly groupName?: string | undefined; readonly streamName?: string | undefined } | undefined,
): Promise<readonly string[]> {
  if (!place?.groupName) return [];
  const lines: string[] = [];
  const query = { group: place.groupName, streamPrefix: place.streamName, since: new Date(0) };
  for await (const { text } of readLogLines(clients, query)) {
    lines.push(...text.split('\n').filter((line) => line.trim() !== ''));
    lines.splice(0, Math.max(0, lines.length - BUILD_LINES));
  }
  return lines;
}

/** A rollback deletes parts between two calls; whatever else AWS says is an error. */
async function unlessGone<Value>(fallback: Value, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (
      error instanceof Error &&
      /NoSuch|NotFound|not found|does not exist|no log group/i.test(`${error.name} ${error.message}`)
    ) {
      return fallback;
    }
    throw error;
  }
}
