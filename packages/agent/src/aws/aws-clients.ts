import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export interface AwsClients {
  readonly autoScaling: AutoScalingClient;
  readonly s3: S3Client;
  readonly secretsManager: SecretsManagerClient;
}

/** The official clients with the instance's role. An endpoint override (`AWS_ENDPOINT_URL`) has no bucket host names. */
export function createAwsClients(region: string): AwsClients {
  const settings = { region, maxAttempts: 5 };
  return {
    autoScaling: new AutoScalingClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
    secretsManager: new SecretsManagerClient(settings),
  };
}
