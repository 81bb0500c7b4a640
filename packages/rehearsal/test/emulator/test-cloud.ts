import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Emulator, prepareEmulator, startEmulator } from '../../src/emulator/index.ts';

/** The repository's own cache: what `npm start` has set up is used here too, and the other way round. */
export const CACHE: string = join(
  dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))),
  '.cache',
);

/** An emulator of its own for a test file, with the official clients pointed at it. */
export interface TestCloud {
  readonly emulator: Emulator;
  readonly autoScaling: AutoScalingClient;
  readonly cloudFormation: CloudFormationClient;
  readonly ec2: EC2Client;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly s3: S3Client;
  readonly secretsManager: SecretsManagerClient;
  close(): Promise<void>;
}

export async function startTestCloud(environment: Readonly<Record<string, string>> = {}): Promise<TestCloud> {
  const folder = await mkdtemp(join(tmpdir(), 'emulator-'));
  const python = await prepareEmulator({ cacheDirectory: CACHE });
  const emulator = await startEmulator({ python, runDirectory: join(folder, 'emulator'), environment });
  const settings = {
    endpoint: emulator.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const clients = {
    autoScaling: new AutoScalingClient(settings),
    cloudFormation: new CloudFormationClient(settings),
    ec2: new EC2Client(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    secretsManager: new SecretsManagerClient(settings),
  };
  const close = async () => {
    for (const client of Object.values(clients)) client.destroy();
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { emulator, ...clients, close };
}
