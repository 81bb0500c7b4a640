import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  StartBuildCommand,
} from '@aws-sdk/client-codebuild';
import { describeFailure } from './describe-failure.ts';

/** What the CDK's Provider framework hands over: CloudFormation's request, then with the answer of `onEvent` in it. */
export interface SeedingEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: { readonly project?: string };
  readonly Data?: { readonly BuildId?: string };
}

const PHYSICAL_ID = 'pixtral-files';

/** Starts the build; the stack waits for it. Deleting does nothing: the bucket has a removal policy of its own. */
export async function onEvent(
  event: SeedingEvent,
): Promise<{ readonly PhysicalResourceId: string; readonly Data?: { readonly BuildId: string } }> {
  const PhysicalResourceId = event.PhysicalResourceId ?? PHYSICAL_ID;
  if (event.RequestType === 'Delete') return { PhysicalResourceId };
  const { project } = event.ResourceProperties;
  if (!project) throw new Error('the resource has no property "project"');
  const { build } = await new CodeBuildClient().send(
    // A request that CloudFormation repeats does not start a second build.
    new StartBuildCommand({ projectName: project, idempotencyToken: event.RequestId }),
  );
  if (!build?.id) throw new Error(`CodeBuild started no build of ${project}`);
  console.log(JSON.stringify({ message: 'build started', build: build.id }));
  return { PhysicalResourceId, Data: { BuildId: build.id } };
}

/** Whether the build has ended. @throws Error with the build's own last words when it has failed. */
export async function isComplete(event: SeedingEvent): Promise<{ readonly IsComplete: boolean }> {
  if (event.RequestType === 'Delete') return { IsComplete: true };
  const id = event.Data?.BuildId;
  if (!id) throw new Error('no build was started for this request');
  const { builds: [build] = [] } = await new CodeBuildClient().send(new BatchGetBuildsCommand({ ids: [id] }));
  if (!build) throw new Error(`CodeBuild knows no build ${id}`);
  const { buildStatus, currentPhase } = build;
  console.log(JSON.stringify({ message: 'build', build: id, status: buildStatus, phase: currentPhase }));
  if (buildStatus === 'IN_PROGRESS') return { IsComplete: false };
  if (buildStatus === 'SUCCEEDED') return { IsComplete: true };
  throw new Error(describeFailure(build, await readLog(build)));
}

const LAST_EVENTS = 60;

async function readLog({ logs }: Build): Promise<readonly string[]> {
  if (!logs?.groupName || !logs.streamName) return [];
  try {
    const { events = [] } = await new CloudWatchLogsClient().send(
      new GetLogEventsCommand({
        logGroupName: logs.groupName,
        logStreamName: logs.streamName,
        startFromHead: false,
        limit: LAST_EVENTS,
      }),
    );
    return events.map(({ message = '' }) => message);
  } catch (error) {
    // A build that ended before it wrote anything has no stream; its phase still tells something.
    console.error(JSON.stringify({ message: 'the build’s log could not be read', error: String(error) }));
    return [];
  }
}
