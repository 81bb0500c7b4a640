import { FLEET_TAG, METRIC_NAMESPACE } from '@pixtral-fleet/catalog';
import { Stack, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { bundleAgent } from '../bundle/bundle-agent.ts';
import { nodeArchive } from '../bundle/node-archive.ts';
import type { ResolvedConfig } from '../config/index.ts';
import { planInstanceConfig } from '../instance-config.ts';
import type { ModelLock } from '../lock/index.ts';
import { AMI_PARAMETER } from '../machine-image.ts';
import { acknowledge, bucketWildcard, GRANT_READ_ACTIONS, KEY_WRITE_ACTIONS } from './acknowledge.ts';
import { encryptionKey } from './encryption-key.ts';
import { BOOT_REPORT_PREFIX } from './files-bucket.ts';
import { grantPictures } from './picture-buckets.ts';
import { renderUserData } from './user-data.ts';

export interface InstanceTemplateProps {
  readonly config: ResolvedConfig;
  readonly bucket: s3.IBucket;
  readonly apiKey: secretsmanager.ISecret;
  /** Which revisions are served. */
  readonly lock: ModelLock;
  readonly securityGroup: ec2.ISecurityGroup;
  /** Gets what agents and model servers print. */
  readonly logGroup: logs.ILogGroup;
}

/** What an instance is: image, disk, metadata rules, role, user data. Every change makes a new version. */
export class InstanceTemplate extends Construct {
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: InstanceTemplateProps) {
    super(scope, id);
    const { config, bucket, apiKey, logGroup } = props;
    const { encryptionKey: key } = encryptionKey(this, config);
    const agent = bundleAgent({ normalizesPictures: config.gateway.normalizePictures !== undefined });
    const node = nodeArchive();
    const assets = {
      agent: new Asset(this, 'Agent', { path: agent.file }),
      node: new Asset(this, 'Node', { path: node.file }),
    };
    this.role = this.createRole();
    assets.agent.grantRead(this.role);
    assets.node.grantRead(this.role);
    bucket.grantRead(this.role);
    bucket.grantPut(this.role, `${BOOT_REPORT_PREFIX}*`);
    apiKey.grantRead(this.role);
    logGroup.grantWrite(this.role);
    grantPictures(this.role, config);
    acknowledge(this.role, {
      ids: ['IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]'],
      reason: 'what Session Manager needs, kept up to date by AWS',
    });
    acknowledge(this.role, {
      ids: ['IAM5[Resource::*]'],
      reason:
        'describing instances and publishing metrics know no resources; the latter are bound by their namespace, lifecycle actions by the tag of the group',
    });
    acknowledge(this.role, {
      ids: [
        ...GRANT_READ_ACTIONS,
        ...(key ? KEY_WRITE_ACTIONS : []),
        'IAM5[Action::s3:Abort*]',
        `IAM5[Resource::arn:<AWS::Partition>:s3:::${assets.agent.s3BucketName}/*]`,
        bucketWildcard(bucket, '*'),
        bucketWildcard(bucket, `${BOOT_REPORT_PREFIX}*`),
      ],
      reason: 'CDK grants: read the files and the two archives, write boot reports',
    });
    this.launchTemplate = new ec2.LaunchTemplate(this, 'Resource', {
      machineImage: machineImage(config),
      // The group's own list of types takes precedence; this is what one sees in the console.
      instanceType: new ec2.InstanceType(config.instanceTypes[0]?.type ?? ''),
      role: this.role,
      securityGroup: props.securityGroup,
      requireImdsv2: true,
      // A container or namespace on the instance is one hop further away and gets no credentials.
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      blockDevices: [
        {
          deviceName: '/dev/sda1',
          // Weights go to the instance's NVMe where there is one.
          volume: ec2.BlockDeviceVolume.ebs(config.instance.rootVolumeGiB, {
            encrypted: true,
            volumeType: ec2.EbsDeviceVolumeType.GP3,
            ...(key ? { kmsKey: key } : {}),
          }),
        },
      ],
      userData: renderUserData({
        stack: Stack.of(this),
        config: planInstanceConfig(config, {
          bucketName: bucket.bucketName,
          apiKeySecretArn: apiKey.secretArn,
          logGroupName: logGroup.logGroupName,
          lock: props.lock,
        }),
        agent: { asset: assets.agent, sha256: agent.sha256 },
        node: { asset: assets.node, sha256: node.sha256 },
      }),
    });
    Tags.of(this).add(FLEET_TAG, config.stackName);
  }

  private createRole(): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      description: 'Pixtral instances: files, key, lifecycle actions, metrics, logs, Session Manager',
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore')],
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'FindOwnGroup',
        actions: ['autoscaling:DescribeAutoScalingInstances'],
        // The action knows no resources (IAM reference for Auto Scaling).
        resources: ['*'],
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'PublishMetrics',
        actions: ['cloudwatch:PutMetricData'],
        // The action knows no resources (IAM reference for CloudWatch).
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'CompleteOwnLifecycleActions',
        actions: [
          'autoscaling:CompleteLifecycleAction',
          'autoscaling:RecordLifecycleActionHeartbeat',
          'autoscaling:SetInstanceHealth',
        ],
        // The group names the launch template, so its ARN cannot be named here; its tag can.
        resources: ['*'],
        conditions: { StringEquals: { [`autoscaling:ResourceTag/${FLEET_TAG}`]: Stack.of(this).stackName } },
      }),
    );
    return role;
  }
}

/** The image of the config, or AWS's newest at the first synth: a later one only when somebody asks (`cdk context --reset`). */
function machineImage({ region, instance }: ResolvedConfig): ec2.IMachineImage {
  if (instance.amiId !== undefined) return ec2.MachineImage.genericLinux({ [region]: instance.amiId });
  return ec2.MachineImage.fromSsmParameter(AMI_PARAMETER, {
    os: ec2.OperatingSystemType.LINUX,
    cachedInContext: true,
  });
}
