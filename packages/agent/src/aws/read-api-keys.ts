import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseApiKeys } from '../config/api-keys.ts';

/** The keys of a fleet at one moment. */
export interface ApiKeys {
  /** Those that requests may carry, the newest first. */
  readonly keys: readonly string[];
  /** When this version of the secret was made. */
  readonly createdAt: Date | undefined;
}

/** The keys that requests may carry, the newest first, from the fleet's secret. @throws Error that never shows it. */
export async function readApiKeys(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<readonly string[]> {
  return (await readDatedApiKeys(client, secretArn)).keys;
}

/** The same, with their age. */
export async function readDatedApiKeys(client: SecretsManagerClient, secretArn: string): Promise<ApiKeys> {
  const { SecretString: value, CreatedDate: createdAt } = await client.send(
    new GetSecretValueCommand({ SecretId: secretArn }),
  );
  return { keys: parseApiKeys(value ?? ''), createdAt };
}
