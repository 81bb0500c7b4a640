import { type ApiKey, findFullKeys, formatApiKeys, isDefaultKey, parseApiKeys } from '@pixtral-fleet/agent';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { OperatorError } from '../operator-error.ts';
import { makeKey, putApiKeys, readSecretKeys } from './api-key-secret.ts';

/** What a key is, without the key. */
export type KeyDescription = Omit<ApiKey, 'key'>;

type SecretClients = Pick<FleetClients, 'secretsManager'>;

/** Secrets Manager's own limit. */
const MOST_BYTES = 65_536;

/** The keys with one more. Pure. @throws OperatorError for a name that is there or anything the secret must not hold */
export function planAddition(keys: readonly ApiKey[], added: ApiKey): readonly ApiKey[] {
  if (keys.some(({ name }) => name === added.name)) {
    throw new OperatorError(
      `there is a key "${added.name}" already: revoke it first, or take another name ("pixtral secret list-keys")`,
    );
  }
  if (isDefaultKey(added)) {
    throw new OperatorError(
      `"${added.name}" is what keys without a name are called: take another name, or "pixtral secret rotate-api-key"`,
    );
  }
  const all = [...keys, added];
  const text = formatApiKeys(all);
  if (text.length > MOST_BYTES) {
    throw new OperatorError(
      `the secret holds at most ${MOST_BYTES} bytes, and ${all.length} keys take ${text.length}: revoke some`,
    );
  }
  try {
    parseApiKeys(text);
  } catch (error) {
    throw new OperatorError(`instances would not take the key "${added.name}": ${reasonOf(error)}`);
  }
  return all;
}

/** The keys without one. Pure. @throws OperatorError when there is none, or the stack's own checks would have no key */
export function planRevocation(keys: readonly ApiKey[], name: string, now: Date): readonly ApiKey[] {
  const left = keys.filter((key) => key.name !== name);
  if (left.length === keys.length) {
    throw new OperatorError(
      `there is no key ${JSON.stringify(name)}; there are: ${keys.map((key) => key.name).join(', ')}`,
    );
  }
  if (findFullKeys(left, now).length === 0) {
    throw new OperatorError(
      `"${name}" is the last key with all scopes, which the stack's own verification needs: add another one first`,
    );
  }
  return left;
}

/** Makes a key and adds it; the one moment at which it is known outside the secret. */
export async function addKey(
  clients: SecretClients,
  secretArn: string,
  key: Omit<KeyDescription, 'created'>,
): Promise<ApiKey> {
  const added = { ...key, key: makeKey(), created: new Date().toISOString() };
  await putApiKeys(clients, secretArn, planAddition(await readSecretKeys(clients, secretArn), added));
  return added;
}

export async function revokeKey(clients: SecretClients, secretArn: string, name: string): Promise<void> {
  const keys = planRevocation(await readSecretKeys(clients, secretArn), name, new Date());
  await putApiKeys(clients, secretArn, keys);
}

/** All keys of the secret, none of them shown. */
export async function listKeys(
  clients: SecretClients,
  secretArn: string,
): Promise<readonly KeyDescription[]> {
  return (await readSecretKeys(clients, secretArn)).map(({ key: _, ...description }) => description);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
