import { Annotations, CustomResource, Duration } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { bundleHandler } from '../bundle/bundle-handler.ts';
import { bundleSeeder } from '../bundle/bundle-seeder.ts';
import { nodeArchive } from '../bundle/node-archive.ts';
import type { ResolvedConfig } from '../config/index.ts';
import { planFiles } from '../files-plan.ts';
import type { ModelLock } from '../lock/index.ts';
import { createLogGroup } from './log-group.ts';
import { acknowledgeProject, acknowledgeProvider } from './seeding-findings.ts';

interface SeedingProps {
  readonly config: ResolvedConfig;
  readonly lock: ModelLock;
  readonly bucket: s3.IBucket;
  readonly huggingFaceToken: secretsmanager.ISecret;
}

/** The Provider framework waits an hour at most; the build ends before it. */
const BUILD_TIMEOUT = Duration.minutes(55);
const TOTAL_TIMEOUT = Duration.minutes(58);

/** A build takes minutes; a poll costs nothing that counts. */
const POLL_INTERVAL = Duration.seconds(10);

/** Ubuntu 24.04, as the AMI; the CDK has no constant for it yet (CodeBuild's list of images, 2026). */
const IMAGE = 'aws/codebuild/standard:8.0';

/**
 * Brings weights and runtime into the bucket at deploy: a build outside the VPC, started and waited for by a custom
 * resource whenever something that the bucket shall hold has changed. What depends on `resource` finds all files there.
 */
class Seeding extends Construct {
  readonly project: codebuild.Project;
  readonly resource: CustomResource;

  constructor(scope: Construct, id: string, props: SeedingProps) {
    super(scope, id);
    const { config, lock } = props;
    const plan = planFiles(config, lock);
    const unpinned = plan.models.filter(({ pin }) => pin === undefined);
    for (const { repository, revision } of unpinned) {
      Annotations.of(this).addWarningV2(
        'pixtral:unpinned-model',
        `${repository} is served at "${revision}" without a pin: what it holds when it is fetched is not known now. Run "pixtral lock"`,
      );
    }
    const source = new Asset(this, 'Source', { path: bundleSeeder(plan) });
    const logGroup = createLogGroup(this, 'Logs', config);
    this.project = this.createProject(props, { source, logGroup });
    const provider = this.createProvider(logGroup);
    this.resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.serviceToken,
      resourceType: 'Custom::PixtralFiles',
      serviceTimeout: Duration.hours(1),
      // The source is made of plan, lock file and seeder: as long as it is the same, there is nothing to do.
      properties: { project: this.project.projectName, source: source.assetHash },
    });
    // A build that is started needs its role's policy.
    this.resource.node.addDependency(this.project);
  }

  private createProject(
    props: SeedingProps,
    own: { readonly source: Asset; readonly logGroup: logs.LogGroup },
  ): codebuild.Project {
    const { config, bucket, huggingFaceToken } = props;
    const { kmsKeyArn } = config.security;
    const node = nodeArchive();
    const nodeAsset = new Asset(this, 'Node', { path: node.file });
    const project = new codebuild.Project(this, 'Project', {
      description: 'Pixtral: fetches the checkpoints, builds the runtime, fills the bucket',
      source: codebuild.Source.s3({ bucket: own.source.bucket, path: own.source.s3ObjectKey }),
      buildSpec: codebuild.BuildSpec.fromSourceFilename('buildspec.yml'),
      environment: {
        buildImage: codebuild.LinuxBuildImage.fromCodeBuildImageId(IMAGE),
        // 4 vCPUs, 7 GB, 128 GB of disk: 14 GB while the runtime is built and 25 GB of the largest checkpoint, with room.
        computeType: codebuild.ComputeType.MEDIUM,
      },
      environmentVariables: {
        PIXTRAL_BUCKET: { value: bucket.bucketName },
        // The secret's name, not its value: the seeder reads it itself, so that no program it starts sees it.
        PIXTRAL_TOKEN_SECRET: { value: huggingFaceToken.secretArn },
        PIXTRAL_NODE_BUCKET: { value: nodeAsset.s3BucketName },
        PIXTRAL_NODE_KEY: { value: nodeAsset.s3ObjectKey },
        PIXTRAL_NODE_SHA256: { value: node.sha256 },
      },
      timeout: BUILD_TIMEOUT,
      grantReportGroupPermissions: false,
      logging: { cloudWatch: { logGroup: own.logGroup } },
      ...(kmsKeyArn === undefined ? {} : { encryptionKey: kms.Key.fromKeyArn(this, 'Key', kmsKeyArn) }),
    });
    own.source.grantRead(project);
    nodeAsset.grantRead(project);
    bucket.grantReadWrite(project);
    huggingFaceToken.grantRead(project);
    acknowledgeProject(project, { bucket, source: own.source });
    return project;
  }

  private createProvider(logGroup: logs.LogGroup): Provider {
    const code = lambda.Code.fromAsset(bundleHandler('seeding'));
    const handler = (id: string, name: string) =>
      new lambda.Function(this, id, {
        description: `Pixtral: ${id === 'OnEvent' ? 'starts' : 'waits for'} the build that fills the bucket`,
        runtime: lambda.Runtime.NODEJS_24_X,
        handler: `index.${name}`,
        code,
        timeout: Duration.minutes(1),
        memorySize: 256,
        logGroup,
      });
    const onEvent = handler('OnEvent', 'onEvent');
    const isComplete = handler('IsComplete', 'isComplete');
    const { projectArn } = this.project;
    onEvent.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['codebuild:StartBuild'], resources: [projectArn] }),
    );
    isComplete.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['codebuild:BatchGetBuilds'], resources: [projectArn] }),
    );
    logGroup.grantRead(isComplete);
    const provider = new Provider(this, 'Provider', {
      onEventHandler: onEvent,
      isCompleteHandler: isComplete,
      queryInterval: POLL_INTERVAL,
      totalTimeout: TOTAL_TIMEOUT,
      logGroup,
      disableWaiterStateMachineLogging: true,
    });
    acknowledgeProvider({ provider, handlers: [onEvent, isComplete] });
    return provider;
  }
}

/** The seeder as the config wants it: none at all where the bucket is filled by somebody else. */
export function createSeeding(scope: Construct, id: string, props: SeedingProps): Seeding | undefined {
  return props.config.files.seeder === 'codebuild' ? new Seeding(scope, id, props) : undefined;
}
