import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseApiKeys } from '../config/api-keys.ts';

/** The keys that requests may carry, the newest first, from the fleet's secret. @throws Error that never shows it. */
export async function readApiKeys(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<readonly string[]> {
  const { SecretString: value } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return parseApiKeys(value ?? '');
}
