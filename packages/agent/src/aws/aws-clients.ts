import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export interface AwsClients {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly cloudWatchLogs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly secretsManager: SecretsManagerClient;
}

/** A connection that is silent for so long is given up: without this a stalled one would hold the boot for ever. */
const SILENCE_MS = 30_000;
const CONNECT_MS = 10_000;

/**
 * Attempts of the calls that nothing can go on without: which group, which keys, the end of a hook. With the SDK's pauses
 * of at most 100 ms, doubled each time, they outlast about 40 s of an AWS that refuses.
 */
const PATIENT_ATTEMPTS = 12;

/** The official clients with the instance's role. An endpoint override (`AWS_ENDPOINT_URL`) has no bucket host names. */
export function createAwsClients(region: string): AwsClients {
  const settings = {
    region,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
  };
  const override = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return {
    autoScaling: new AutoScalingClient({ ...settings, maxAttempts: PATIENT_ATTEMPTS }),
    cloudWatch: new CloudWatchClient(settings),
    cloudWatchLogs: new CloudWatchLogsClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: override !== undefined }),
    secretsManager: new SecretsManagerClient({ ...settings, maxAttempts: PATIENT_ATTEMPTS }),
  };
}
