import {
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type Stack,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { OperatorError } from '../operator-error.ts';

/** What CloudFormation knows of a stack at this moment; nothing is kept on this machine. */
export interface DeployedStack {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  /** CloudFormation's word, such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly statusReason: string | undefined;
  /** ISO 8601: when it was made or last changed. */
  readonly changedAt: string | undefined;
  /** By name; empty while it is being made. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of its parameters. */
  readonly parameters: readonly string[];
}

/** The stack, or undefined when there is none of this name (a deleted one counts as none). */
export async function findStack(
  { cloudFormation, region }: Pick<FleetClients, 'cloudFormation' | 'region'>,
  name: string,
): Promise<DeployedStack | undefined> {
  try {
    const { Stacks: [stack] = [] } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: name }),
    );
    return stack && stack.StackStatus !== 'DELETE_COMPLETE' ? readStack(stack, region) : undefined;
  } catch (error) {
    // CloudFormation has no error of its own for this.
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** @throws OperatorError when there is no stack, saying how to make one or look elsewhere */
export async function requireStack(
  clients: Pick<FleetClients, 'cloudFormation' | 'region'>,
  name: string,
): Promise<DeployedStack> {
  const stack = await findStack(clients, name);
  if (stack) return stack;
  throw new OperatorError(
    `there is no stack ${name} in ${clients.region} of this account: deploy it with "pixtral deploy", or look elsewhere with --profile or another config`,
  );
}

/** A resource of the stack as CloudFormation lists it. */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
}

/** All resources that the stack holds or is making, in CloudFormation's order. */
export async function listResources(
  { cloudFormation }: Pick<FleetClients, 'cloudFormation'>,
  stackName: string,
): Promise<readonly StackResource[]> {
  const resources: StackResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.send(
      new ListStackResourcesCommand({ StackName: stackName, NextToken }),
    );
    resources.push(...(page.StackResourceSummaries ?? []).map(readResource));
    NextToken = page.NextToken;
  } while (NextToken);
  return resources;
}

function readStack(stack: Stack, region: string): DeployedStack {
  const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
    OutputKey,
    OutputValue,
  ]);
  return {
    name: stack.StackName ?? '',
    id: stack.StackId ?? '',
    region,
    status: stack.StackStatus ?? 'UNKNOWN',
    statusReason: stack.StackStatusReason || undefined,
    changedAt: (stack.LastUpdatedTime ?? stack.CreationTime)?.toISOString(),
    outputs: Object.fromEntries(outputs),
    parameters: (stack.Parameters ?? []).flatMap(({ ParameterKey }) => ParameterKey ?? []),
  };
}

function readResource(resource: StackResourceSummary): StackResource {
  return {
    logicalId: resource.LogicalResourceId ?? '',
    physicalId: resource.PhysicalResourceId ?? '',
    type: resource.ResourceType ?? '',
    status: resource.ResourceStatus ?? '',
  };
}
