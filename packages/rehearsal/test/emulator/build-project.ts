import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  StartBuildCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { prepareEmulator } from '../../src/emulator/index.ts';
import { pollUntil } from '../../src/run/poll.ts';
import { CACHE, type TestCloud } from './test-cloud.ts';

const run = promisify(execFile);

export interface BuildProjectOptions {
  readonly buildspec: string;
  /** @default - none */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A CodeBuild project of a stack of its own, whose source lies in a bucket. */
export class BuildProject {
  readonly #cloud: TestCloud;
  readonly #codeBuild: CodeBuildClient;
  readonly #logs: CloudWatchLogsClient;
  readonly #name: string;

  private constructor(cloud: TestCloud, name: string) {
    const settings = {
      endpoint: cloud.emulator.endpointUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    this.#cloud = cloud;
    this.#codeBuild = new CodeBuildClient(settings);
    this.#logs = new CloudWatchLogsClient(settings);
    this.#name = name;
  }

  static async create(cloud: TestCloud, name: string, options: BuildProjectOptions): Promise<BuildProject> {
    await cloud.s3.send(new CreateBucketCommand({ Bucket: `${name}-source` }));
    const Body = await zipBuildspec(options.buildspec);
    await cloud.s3.send(new PutObjectCommand({ Bucket: `${name}-source`, Key: 'source.zip', Body }));
    const template = projectTemplate(name, options.variables ?? {});
    await cloud.cloudFormation.send(
      new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template) }),
    );
    await waitUntilStackCreateComplete(
      { client: cloud.cloudFormation, maxWaitTime: 20, minDelay: 0.2, maxDelay: 0.2 },
      { StackName: name },
    );
    return new BuildProject(cloud, name);
  }

  async start(): Promise<string> {
    const { Stacks: [stack] = [] } = await this.#cloud.cloudFormation.send(
      new DescribeStacksCommand({ StackName: this.#name }),
    );
    const projectName = stack?.Outputs?.[0]?.OutputValue;
    const { build } = await this.#codeBuild.send(new StartBuildCommand({ projectName }));
    return build?.id ?? '';
  }

  async stop(id: string): Promise<void> {
    await this.#codeBuild.send(new StopBuildCommand({ id }));
  }

  async describe(id: string): Promise<Build> {
    const { builds: [build] = [] } = await this.#codeBuild.send(new BatchGetBuildsCommand({ ids: [id] }));
    if (!build) throw new Error(`there is no build ${id}`);
    return build;
  }

  /** Waits for the end of a build. */
  ended(id: string): Promise<Build> {
    return pollUntil(
      async () => {
        const build = await this.describe(id);
        return build.buildStatus === 'IN_PROGRESS' ? undefined : build;
      },
      {
        everyMs: 50,
        deadlineMs: 20_000,
        signal: new AbortController().signal,
        timedOut: () => new Error('the build did not end within 20 s'),
      },
    );
  }

  async log({ logs }: Build): Promise<readonly string[]> {
    const { events = [] } = await this.#logs.send(
      new GetLogEventsCommand({
        logGroupName: logs?.groupName,
        logStreamName: logs?.streamName,
        startFromHead: true,
      }),
    );
    return events.map(({ message = '' }) => message.trimEnd());
  }
}

async function zipBuildspec(buildspec: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'source-'));
  try {
    await writeFile(join(folder, 'buildspec.yml'), buildspec);
    const { command } = await prepareEmulator({ cacheDirectory: CACHE });
    await run(command, ['-m', 'zipfile', '-c', 'source.zip', 'buildspec.yml'], { cwd: folder });
    return await readFile(join(folder, 'source.zip'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function projectTemplate(name: string, variables: Readonly<Record<string, string>>): object {
  return {
    Resources: {
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/builds/${name}` } },
      Project: {
        Type: 'AWS::CodeBuild::Project',
        Properties: {
          ServiceRole: 'arn:aws:iam::000000000000:role/builds',
          Artifacts: { Type: 'NO_ARTIFACTS' },
          Source: { Type: 'S3', Location: `${name}-source/source.zip`, BuildSpec: 'buildspec.yml' },
          LogsConfig: { CloudWatchLogs: { Status: 'ENABLED', GroupName: { Ref: 'Logs' } } },
          Environment: {
            Type: 'LINUX_CONTAINER',
            Image: 'aws/codebuild/standard:8.0',
            ComputeType: 'BUILD_GENERAL1_SMALL',
            EnvironmentVariables: Object.entries(variables).map(([Name, Value]) => ({
              Name,
              Type: 'PLAINTEXT',
              Value,
            })),
          },
        },
      },
    },
    Outputs: { ProjectName: { Value: { Ref: 'Project' } } },
  };
}
