import { RollbackInstanceRefreshCommand } from '@aws-sdk/client-auto-scaling';
import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { FleetClients } from '../aws/fleet-clients.ts';
import type { DeploySnapshot } from '../deploy/deploy-phases.ts';
import { explainFailure, type Failure } from '../deploy/explain-failure.ts';
import { gatherEvidence } from '../deploy/gather-evidence.ts';
import { watchDeployment } from '../deploy/watch-deployment.ts';
import { type DeployedStack, listResources, requireStack } from '../fleet/find-stack.ts';
import { findParts } from '../fleet/fleet-parts.ts';
import { untilSettled } from '../fleet/until-settled.ts';
import { OperatorError } from '../operator-error.ts';
import { findRefresh } from '../status/observe-group.ts';
import {
  hash,
  listDeployments,
  type RecordedDeployment,
  readDeployment,
  readTemplate,
} from './deployment-history.ts';
import { planRollback, type RollbackStep } from './plan-rollback.ts';

export interface RollbackPlan {
  readonly stack: DeployedStack;
  readonly group: string | undefined;
  readonly step: RollbackStep;
}

/** Looks at the stack and decides; changes nothing. @throws OperatorError when there is nothing to go back to */
export async function prepareRollback(clients: FleetClients, stackName: string): Promise<RollbackPlan> {
  const stack = await requireStack(clients, stackName);
  const { group, bucket } = findParts(stack, await listResources(clients, stackName));
  const step = planRollback({
    stackStatus: stack.status,
    refresh: group === undefined ? undefined : await findRefresh(clients, group),
    deployments: bucket === undefined ? [] : await listDeployments(clients, bucket),
    currentSha256: hash(await readTemplate(clients, stackName)),
  });
  if (step.kind === 'refuse') throw new OperatorError(step.reason);
  return { stack, group, step };
}

export type RollbackResult =
  | { readonly ok: true; readonly stackStatus: string }
  | { readonly ok: false; readonly stackStatus: string; readonly failure: Failure };

export interface RollbackOptions {
  readonly onSnapshot: (snapshot: DeploySnapshot) => void;
  /** Leaves; what AWS has begun goes on. */
  readonly signal: AbortSignal;
  /** Milliseconds between looks. @default 3000 */
  readonly pollMs?: number;
}

/** Status words of a stack that has gone back, or stands on the earlier template. */
const WELL: ReadonlySet<string> = new Set(['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'CREATE_COMPLETE']);

/** Does what was prepared, and follows it to its end. */
export async function rollBack(
  clients: FleetClients,
  plan: RollbackPlan,
  options: RollbackOptions,
): Promise<RollbackResult> {
  const { name: stackName, id: stackId } = plan.stack;
  const since = new Date(Date.now() - 2_000);
  await begin(clients, plan);
  const over = new AbortController();
  const watching = watchDeployment(clients, {
    ...{ stackName, since, onSnapshot: options.onSnapshot, signal: over.signal },
    ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
  });
  const settled = await untilSettled(clients, { stackName, ...options }).finally(() => over.abort());
  const { evidence: seen } = await watching;
  // Going back to an earlier template is an update like any other: it, too, may be taken back.
  const redeployed = plan.step.kind !== 'redeploy' || settled.status === 'UPDATE_COMPLETE';
  if (WELL.has(settled.status) && redeployed) return { ok: true, stackStatus: settled.status };
  const evidence = await gatherEvidence(clients, { stackName, stackId, since, seen, cdkOutput: '' });
  return { ok: false, stackStatus: settled.status, failure: explainFailure(evidence) };
}

async function begin(clients: FleetClients, { stack, group, step }: RollbackPlan): Promise<void> {
  const StackName = stack.name;
  if (step.kind === 'cancel-update') {
    await clients.cloudFormation.send(new CancelUpdateStackCommand({ StackName }));
  } else if (step.kind === 'continue-rollback') {
    await clients.cloudFormation.send(new ContinueUpdateRollbackCommand({ StackName }));
  } else if (step.kind === 'rollback-refresh') {
    await clients.autoScaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: group }));
  } else if (step.kind === 'redeploy') {
    // Read before it is used: an object that somebody changed is not deployed.
    await readDeployment(clients, step.deployment);
    await clients.cloudFormation.send(
      new UpdateStackCommand({
        StackName,
        TemplateURL: templateUrl(clients.region, step.deployment),
        Parameters: stack.parameters.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      }),
    );
  }
}

/** CloudFormation reads templates above 51,200 bytes from a bucket only, by its own kind of URL. */
function templateUrl(region: string, { bucket, key }: RecordedDeployment): string {
  const emulated = process.env.AWS_ENDPOINT_URL;
  if (emulated !== undefined) return `${emulated}/${bucket}/${key}`;
  return `https://${bucket}.s3.${region}.amazonaws.com/${key}`;
}
