import { randomInt } from 'node:crypto';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type ApiKey, formatApiKeys, readDatedApiKeys } from '@pixtral-fleet/agent';
import type { FleetClients } from '../aws/fleet-clients.ts';

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** As long as the key that the stack generates. */
const KEY_LENGTH = 48;

type SecretClients = Pick<FleetClients, 'secretsManager'>;

export async function readSecretKeys(
  { secretsManager }: SecretClients,
  secretArn: string,
): Promise<readonly ApiKey[]> {
  return (await readDatedApiKeys(secretsManager, secretArn)).keys;
}

/** Replaces all keys of the secret; instances take them over within a minute. */
export async function putApiKeys(
  { secretsManager }: SecretClients,
  secretArn: string,
  keys: readonly ApiKey[],
): Promise<void> {
  await secretsManager.send(
    new PutSecretValueCommand({ SecretId: secretArn, SecretString: formatApiKeys(keys) }),
  );
}

export function makeKey(): string {
  return Array.from({ length: KEY_LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('');
}
