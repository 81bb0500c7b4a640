import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type ApiKey, findFullKeys, parseApiKeys } from '../config/api-keys.ts';

/** The keys of a fleet at one moment. */
export interface ApiKeys {
  /** Those that requests may carry, the newest first. */
  readonly keys: readonly ApiKey[];
  /** When this version of the secret was made. */
  readonly createdAt: Date | undefined;
}

/**
 * The keys with which the stack itself may ask, the best first: all scopes, not expired, unlimited ones before others.
 * @throws Error that never shows the secret
 */
export async function readApiKeys(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<readonly string[]> {
  const { keys } = await readDatedApiKeys(client, secretArn);
  const full = findFullKeys(keys, new Date());
  if (full.length > 0) return full.map(({ key }) => key);
  throw new Error(
    'no key in the API key secret has all scopes and has not expired: the verification needs one; add it with "pixtral secret add-key"',
  );
}

/** All keys, with their age. @throws Error that never shows the secret */
export async function readDatedApiKeys(client: SecretsManagerClient, secretArn: string): Promise<ApiKeys> {
  const { SecretString: value, CreatedDate: createdAt } = await client.send(
    new GetSecretValueCommand({ SecretId: secretArn }),
  );
  return { keys: parseApiKeys(value ?? ''), createdAt };
}
