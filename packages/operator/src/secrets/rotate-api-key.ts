import { type ApiKey, isDefaultKey, KEY_SCOPES, readApiKeys } from '@pixtral-fleet/agent';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { OperatorError } from '../operator-error.ts';
import { makeKey, putApiKeys, readSecretKeys } from './api-key-secret.ts';

export type RotationStep = 'begin' | 'finish';

export interface Rotation {
  readonly step: RotationStep;
  /** The key that clients are to send. */
  readonly newKey: string;
  /** Keys that are accepted now. */
  readonly accepted: number;
}

/**
 * What the secret holds after a step: beginning puts a new key before the present one, and both are accepted; finishing
 * drops all but the newest. Named keys stay as they are. Pure. @throws OperatorError when the step makes no sense now
 */
export function planRotation(
  keys: readonly ApiKey[],
  step: RotationStep,
  make: () => string,
): readonly ApiKey[] {
  const named = keys.filter((key) => !isDefaultKey(key));
  const [newest, ...older] = keys.filter(isDefaultKey);
  if (newest === undefined) {
    throw new OperatorError(
      'every key of the secret has a name: add a key and revoke the old one instead ("pixtral secret add-key")',
    );
  }
  if (step === 'finish') {
    if (older.length > 0) return [newest, ...named];
    throw new OperatorError(
      'no rotation is under way, one key is accepted: begin with "pixtral secret rotate-api-key"',
    );
  }
  if (older.length === 0) {
    return [{ name: 'default', key: make(), scopes: KEY_SCOPES }, { ...newest, name: 'default-2' }, ...named];
  }
  throw new OperatorError(
    `a rotation is under way, ${older.length + 1} keys are accepted: end it with "pixtral secret rotate-api-key --finish" when every client sends the new key`,
  );
}

/** Takes one step of replacing the API key. Instances read the secret again within a minute. */
export async function rotateApiKey(
  clients: Pick<FleetClients, 'secretsManager'>,
  secretArn: string,
  step: RotationStep,
): Promise<Rotation> {
  const keys = planRotation(await readSecretKeys(clients, secretArn), step, makeKey);
  await putApiKeys(clients, secretArn, keys);
  return { step, newKey: keys[0]?.key ?? '', accepted: keys.length };
}

/** The key that clients are to send: the newest one that may do everything. */
export async function readApiKey(
  { secretsManager }: Pick<FleetClients, 'secretsManager'>,
  secretArn: string,
): Promise<string> {
  const [newest = ''] = await readApiKeys(secretsManager, secretArn);
  return newest;
}
