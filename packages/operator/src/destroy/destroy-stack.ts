import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { ownFailures, readStackEvents } from '../deploy/stack-events.ts';
import {
  type DeployedStack,
  findStack,
  listResources,
  requireStack,
  type StackResource,
} from '../fleet/find-stack.ts';
import { untilSettled } from '../fleet/until-settled.ts';
import { readTemplate } from '../rollback/deployment-history.ts';
import { findLeftovers, type Leftover } from './find-leftovers.ts';
import { type KeptCost, priceKept } from './kept-cost.ts';
import { type DestroyPlan, planDestroy } from './plan-destroy.ts';

export interface PreparedDestroy extends Omit<DestroyPlan, 'kept'> {
  readonly stack: DeployedStack;
  readonly resources: readonly StackResource[];
  readonly kept: readonly KeptCost[];
  /** The CDK's own bucket, which serves other stacks too and is never deleted here; undefined without one. */
  readonly bootstrapBucket: string | undefined;
}

/** What a destruction would delete and keep; changes nothing. @throws OperatorError when there is no stack */
export async function prepareDestroy(clients: FleetClients, stackName: string): Promise<PreparedDestroy> {
  const stack = await requireStack(clients, stackName);
  const resources = await listResources(clients, stackName);
  const plan = planDestroy(resources, await readTemplate(clients, stackName));
  const bootstrap = await findStack(clients, 'CDKToolkit');
  return {
    ...plan,
    stack,
    resources,
    kept: await priceKept(clients, plan.kept),
    bootstrapBucket: bootstrap?.outputs.BucketName,
  };
}

export interface DestroyOptions {
  /** Told what remains: number of resources not yet deleted. */
  readonly onProgress: (remaining: number, total: number) => void;
  /** Leaves; CloudFormation goes on. */
  readonly signal: AbortSignal;
  /** Milliseconds between looks. @default 3000 */
  readonly pollMs?: number;
}

export type DestroyResult =
  | { readonly ok: true; readonly leftovers: readonly [] }
  | { readonly ok: false; readonly leftovers: readonly Leftover[]; readonly reason: string | undefined };

/** Deletes the stack, then what AWS has made beside it, and looks for whatever is left. */
export async function destroyStack(
  clients: FleetClients,
  prepared: PreparedDestroy,
  options: DestroyOptions,
): Promise<DestroyResult> {
  const { stack, resources, kept, logGroups } = prepared;
  const since = new Date(Date.now() - 2_000);
  await clients.cloudFormation.send(new DeleteStackCommand({ StackName: stack.name }));
  const over = new AbortController();
  const telling = tellProgress(clients, { ...options, stackName: stack.name, signal: over.signal });
  const settled = await untilSettled(clients, { ...options, stackName: stack.name }).finally(() =>
    over.abort(),
  );
  await telling;
  if (settled.status !== 'DELETE_COMPLETE') {
    const [failed] = ownFailures(await readStackEvents(clients, stack.id, since));
    const cause = failed ? `${failed.logicalId}: ${failed.reason ?? failed.status}` : settled.statusReason;
    return {
      ok: false,
      leftovers: [],
      reason: `the stack is ${settled.status}: ${cause ?? 'no reason given'}`,
    };
  }
  for (const name of logGroups) await deleteLogGroup(clients, name);
  const { name, region } = stack;
  const leftovers = await findLeftovers(clients, { name, region, resources, kept });
  return leftovers.length === 0 ? { ok: true, leftovers: [] } : { ok: false, leftovers, reason: undefined };
}

async function tellProgress(
  clients: FleetClients,
  { stackName, onProgress, signal, pollMs = 3_000 }: DestroyOptions & { readonly stackName: string },
): Promise<void> {
  while (!signal.aborted) {
    const resources = await listResources(clients, stackName).catch(() => undefined);
    if (resources && !signal.aborted) {
      const deleted = resources.filter(({ status }) => /^DELETE_(COMPLETE|SKIPPED)$/.test(status)).length;
      onProgress(resources.length - deleted, resources.length);
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** One that was never written to does not exist. */
async function deleteLogGroup({ logs }: FleetClients, logGroupName: string): Promise<void> {
  try {
    await logs.send(new DeleteLogGroupCommand({ logGroupName }));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
  }
}
