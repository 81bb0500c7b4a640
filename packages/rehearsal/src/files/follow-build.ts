import {
  BatchGetBuildsCommand,
  type Build,
  type CodeBuildClient,
  ListBuildsCommand,
} from '@aws-sdk/client-codebuild';
import type { PhaseLog } from '../run/progress.ts';

export interface FollowBuildOptions {
  readonly codeBuild: CodeBuildClient;
  readonly log: PhaseLog;
  /** Asks until there is an answer. */
  readonly wait: <T>(question: () => Promise<T | undefined>) => Promise<T>;
  /** Done when the build has filled the bucket, before anybody else finds it so. */
  readonly onFilled: (bucket: string) => Promise<void>;
}

/**
 * Follows the build that fills the bucket, with its own times. One that failed leaves the phase open: that is where the
 * rehearsal failed, and the deployment tells why.
 */
export async function followBuild(options: FollowBuildOptions): Promise<void> {
  const { codeBuild, log, wait } = options;
  const id = await wait(async () => (await codeBuild.send(new ListBuildsCommand({}))).ids?.[0]);
  const describe = async () => (await codeBuild.send(new BatchGetBuildsCommand({ ids: [id] }))).builds?.[0];
  const started = await wait(async () => (await describe())?.startTime);
  log.start('files', started.getTime());
  const build = await wait(async () => {
    const now = await describe();
    return now?.buildStatus === 'IN_PROGRESS' ? undefined : now;
  });
  if (build.buildStatus !== 'SUCCEEDED') return;
  await options.onFilled(bucketOf(build));
  log.end('files', {
    ok: true,
    note: `${build.projectName ?? 'a build'} has filled the bucket`,
    at: build.endTime?.getTime(),
  });
}

function bucketOf({ environment }: Build): string {
  const variable = environment?.environmentVariables?.find(({ name }) => name === 'PIXTRAL_BUCKET');
  if (!variable?.value) throw new Error('the build that fills the bucket has no variable PIXTRAL_BUCKET');
  return variable.value;
}
