import { BatchGetBuildsCommand, ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { listResources, requireStack } from '../fleet/find-stack.ts';
import { type FleetParts, findParts } from '../fleet/fleet-parts.ts';
import { OperatorError } from '../operator-error.ts';
import type { LogQuery } from './read-log-lines.ts';

/** `instances`: agents and their model servers. */
export type LogSource = 'agent' | 'engine' | 'instances' | 'seeder' | 'verification';

/** Where CloudWatch keeps a log. */
export type LogPlace = Pick<LogQuery, 'group' | 'streamPrefix' | 'streamSuffix'>;

/** Finds the log group and streams of a source. @throws OperatorError when this fleet has none of that kind */
export async function findLogSource(
  clients: FleetClients,
  stackName: string,
  wanted: { readonly source: LogSource; readonly instance?: string | undefined },
): Promise<LogPlace> {
  const parts = findParts(await requireStack(clients, stackName), await listResources(clients, stackName));
  if (wanted.source === 'seeder') return requirePlace(await findBuildLog(clients, parts), 'a seeder');
  if (wanted.source === 'verification')
    return requirePlace(await findVerificationLog(clients, parts), 'a verification');
  const group = parts.agentLogGroup;
  return {
    ...requirePlace(group === undefined ? undefined : { group }, 'a log group of its agents'),
    streamPrefix: wanted.instance,
    streamSuffix: wanted.source === 'instances' ? undefined : `/${wanted.source}`,
  };
}

/** The log of the last build that filled the bucket, or undefined when there has been none. */
async function findBuildLog(
  { codeBuild }: Pick<FleetClients, 'codeBuild'>,
  { seederProject }: Pick<FleetParts, 'seederProject'>,
): Promise<LogPlace | undefined> {
  if (seederProject === undefined) return undefined;
  const { ids = [] } = await codeBuild.send(
    new ListBuildsForProjectCommand({ projectName: seederProject, sortOrder: 'DESCENDING' }),
  );
  const [newest] = ids;
  if (newest === undefined) return undefined;
  const { builds: [build] = [] } = await codeBuild.send(new BatchGetBuildsCommand({ ids: [newest] }));
  const { groupName: group, streamName: streamPrefix } = build?.logs ?? {};
  return group === undefined ? undefined : { group, streamPrefix };
}

async function findVerificationLog(
  { lambda }: Pick<FleetClients, 'lambda'>,
  { verificationFunction }: FleetParts,
): Promise<LogPlace | undefined> {
  if (verificationFunction === undefined) return undefined;
  const { LoggingConfig: logging } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: verificationFunction }),
  );
  return { group: logging?.LogGroup ?? `/aws/lambda/${verificationFunction}` };
}

function requirePlace(place: LogPlace | undefined, what: string): LogPlace {
  if (place) return place;
  throw new OperatorError(
    `this stack has not had ${what}: it may not be deployed as far, or its config leaves it out`,
  );
}
