import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetBuildsCommand, ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { findStack, listResources } from '../fleet/find-stack.ts';
import { type FleetParts, findParts } from '../fleet/fleet-parts.ts';
import { observeFleet } from '../status/observe-status.ts';
import type { DeploySnapshot } from './deploy-phases.ts';
import { type FleetEvidence, gatherFleetEvidence, mergeEvidence, NO_EVIDENCE } from './gather-evidence.ts';
import { readStackEvents } from './stack-events.ts';

export interface WatchOptions {
  readonly stackName: string;
  /** Events, builds and reports before it are of an earlier deployment. */
  readonly since: Date;
  /** Resources of the template. @default - not known */
  readonly total?: number | undefined;
  readonly onSnapshot: (snapshot: DeploySnapshot) => void;
  readonly signal: AbortSignal;
  /** Milliseconds between looks. @default 3000 */
  readonly pollMs?: number;
}

/** What a deployment showed while it was watched. */
export interface Watched {
  readonly evidence: FleetEvidence;
  readonly stackId: string | undefined;
}

/**
 * Looks at a deployment until `signal` aborts, and remembers what tells of a failure: a rollback deletes it before
 * anybody could read it. Looks that fail (throttled, a part just deleted) are told by the next one.
 */
export async function watchDeployment(clients: FleetClients, options: WatchOptions): Promise<Watched> {
  const { signal, pollMs = 3_000 } = options;
  let evidence = NO_EVIDENCE;
  let stackId: string | undefined;
  while (!signal.aborted) {
    const look = await lookOnce(clients, options).catch(() => undefined);
    if (look) {
      evidence = mergeEvidence(evidence, look.evidence);
      stackId ??= look.stackId;
      if (!signal.aborted) options.onSnapshot(look.snapshot);
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return { evidence, stackId };
}

/** One look at everything. */
async function lookOnce(
  clients: FleetClients,
  { stackName, since, total }: Pick<WatchOptions, 'stackName' | 'since' | 'total'>,
): Promise<{
  readonly snapshot: DeploySnapshot;
  readonly evidence: FleetEvidence;
  readonly stackId: string | undefined;
}> {
  const stack = await findStack(clients, stackName);
  const events = await readStackEvents(clients, stackName, since);
  if (!stack) {
    return {
      snapshot: { events, total, fleet: undefined, build: undefined, refusals: [] },
      evidence: NO_EVIDENCE,
      stackId: undefined,
    };
  }
  const parts = findParts(stack, await listResources(clients, stackName));
  const [fleet, build, evidence] = await Promise.all([
    observeFleet(clients, stack, parts),
    findBuild(clients, parts, since),
    gatherFleetEvidence(clients, parts, since),
  ]);
  return {
    snapshot: { events, total, fleet, build, refusals: evidence.refusals },
    evidence,
    stackId: stack.id,
  };
}

async function findBuild(
  { codeBuild }: FleetClients,
  { seederProject }: FleetParts,
  since: Date,
): Promise<DeploySnapshot['build']> {
  if (seederProject === undefined) return undefined;
  const { ids: [newest] = [] } = await codeBuild.send(
    new ListBuildsForProjectCommand({ projectName: seederProject, sortOrder: 'DESCENDING' }),
  );
  if (newest === undefined) return undefined;
  const { builds: [build] = [] } = await codeBuild.send(new BatchGetBuildsCommand({ ids: [newest] }));
  if (!build || (build.startTime ?? since) < since) return undefined;
  return { status: build.buildStatus ?? 'IN_PROGRESS', phase: build.currentPhase };
}
