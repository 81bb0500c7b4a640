import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { INFRA_FOLDER } from '@pixtral-fleet/infra/cdk-command';
import type { ResolvedConfig } from '@pixtral-fleet/infra/config';
import { loadModelLock } from '@pixtral-fleet/infra/lock';
import { askCaller } from './ask-caller.ts';
import type { DoctorClients, DoctorContext } from './doctor-check.ts';

/** A first answer is worth waiting for; more would outlast the patience of whoever waits for the whole list. */
const CONNECT_MS = 5_000;
const ATTEMPTS = 2;

export interface CreateContextOptions {
  readonly config: ResolvedConfig;
  readonly signal: AbortSignal;
  /** @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Credentials, profile, SSO and endpoint are those of the environment, as in the AWS CLI; the region is the config's. */
export async function createContext(options: CreateContextOptions): Promise<DoctorContext> {
  const { config, signal, environment = process.env } = options;
  const clients = createClients(config.region);
  const caller = askCaller(clients.sts, signal);
  // Every check of AWS looks at it; when none does, nobody else will.
  caller.catch(() => {});
  return {
    config,
    lock: loadModelLock(),
    clients,
    caller,
    environment,
    fetch,
    nodeVersion: process.versions.node,
    cdkContext: await readCdkContext(),
    signal,
  };
}

export function closeClients(clients: DoctorClients): void {
  for (const client of Object.values(clients)) client.destroy();
}

function createClients(region: string): DoctorClients {
  const settings = {
    region,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: 2 * CONNECT_MS },
  };
  return {
    cloudFormation: new CloudFormationClient(settings),
    ec2: new EC2Client(settings),
    secretsManager: new SecretsManagerClient(settings),
    serviceQuotas: new ServiceQuotasClient(settings),
    ssm: new SSMClient(settings),
    sts: new STSClient(settings),
  };
}

async function readCdkContext(): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readFile(join(INFRA_FOLDER, 'cdk.context.json'), 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    // Not written before the first synth with credentials.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
