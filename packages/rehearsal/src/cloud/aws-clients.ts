import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The official clients, all pointed at the emulated AWS; credentials are not looked up anywhere. */
export interface AwsClients {
  readonly autoScaling: AutoScalingClient;
  readonly codeBuild: CodeBuildClient;
  readonly ec2: EC2Client;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly s3: S3Client;
  readonly secretsManager: SecretsManagerClient;
  close(): void;
}

export function createAwsClients(options: {
  readonly endpointUrl: string;
  readonly region: string;
}): AwsClients {
  const settings = {
    endpoint: options.endpointUrl,
    region: options.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  };
  const clients = {
    autoScaling: new AutoScalingClient(settings),
    codeBuild: new CodeBuildClient(settings),
    ec2: new EC2Client(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    secretsManager: new SecretsManagerClient(settings),
  };
  return { ...clients, close: () => Object.values(clients).forEach((client) => void client.destroy()) };
}
