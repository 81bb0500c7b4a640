import { DescribeStackEventsCommand, type StackEvent } from '@aws-sdk/client-cloudformation';
import type { FleetClients } from '../aws/fleet-clients.ts';

/** What CloudFormation did to one resource. */
export interface ResourceEvent {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
}

/** Events since a time, oldest first; none when the stack does not exist. */
export async function readStackEvents(
  { cloudFormation }: Pick<FleetClients, 'cloudFormation'>,
  stack: string,
  since: Date,
): Promise<readonly ResourceEvent[]> {
  const events: ResourceEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation
      .send(new DescribeStackEventsCommand({ StackName: stack, NextToken }))
      .catch((error: unknown) => {
        if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
        throw error;
      });
    const read = (page?.StackEvents ?? []).map(readEvent);
    events.push(...read.filter(({ at }) => at >= since.getTime()));
    // Newest first: a page that reaches back further is the last one needed.
    NextToken = read.some(({ at }) => at < since.getTime()) ? undefined : page?.NextToken;
  } while (NextToken);
  return events.reverse();
}

/** Resources that failed by themselves, the first first: not those that were only cancelled because of it. */
export function ownFailures(events: readonly ResourceEvent[]): readonly ResourceEvent[] {
  return events.filter(
    ({ status, reason = '', type }) =>
      /^(CREATE|UPDATE|DELETE|IMPORT)_FAILED$/.test(status) &&
      type !== 'AWS::CloudFormation::Stack' &&
      !/cancelled/i.test(reason),
  );
}

function readEvent(event: StackEvent): ResourceEvent {
  return {
    id: event.EventId ?? '',
    at: event.Timestamp?.getTime() ?? 0,
    logicalId: event.LogicalResourceId ?? '',
    type: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    reason: event.ResourceStatusReason || undefined,
  };
}
