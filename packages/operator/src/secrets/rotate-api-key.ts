import { randomInt } from 'node:crypto';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { readApiKeys } from '@pixtral-fleet/agent';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { OperatorError } from '../operator-error.ts';

export type RotationStep = 'begin' | 'finish';

export interface Rotation {
  readonly step: RotationStep;
  /** The key that clients are to send. */
  readonly newKey: string;
  /** Keys that are accepted now. */
  readonly accepted: number;
}

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** As long as the key that the stack generates. */
const KEY_LENGTH = 48;

/**
 * What the secret holds after a step: beginning puts a new key before the present one, and both are accepted; finishing
 * drops all but the newest. Pure. @throws OperatorError when the step makes no sense now
 */
export function planRotation(
  keys: readonly string[],
  step: RotationStep,
  makeKey: () => string,
): readonly string[] {
  const [newest, ...older] = keys;
  if (newest === undefined) throw new OperatorError('the secret holds no API key: deploy again');
  if (step === 'finish') {
    if (older.length > 0) return [newest];
    throw new OperatorError(
      'no rotation is under way, one key is accepted: begin with "pixtral secret rotate-api-key"',
    );
  }
  if (older.length === 0) return [makeKey(), newest];
  throw new OperatorError(
    `a rotation is under way, ${keys.length} keys are accepted: end it with "pixtral secret rotate-api-key --finish" when every client sends the new key`,
  );
}

/** Takes one step of replacing the API key. Instances read the secret again within a minute. */
export async function rotateApiKey(
  clients: Pick<FleetClients, 'secretsManager'>,
  secretArn: string,
  step: RotationStep,
): Promise<Rotation> {
  const keys = planRotation(await readApiKeys(clients.secretsManager, secretArn), step, makeKey);
  const [newKey = ''] = keys;
  await clients.secretsManager.send(
    new PutSecretValueCommand({
      SecretId: secretArn,
      SecretString: keys.length === 1 ? newKey : JSON.stringify({ keys }),
    }),
  );
  return { step, newKey, accepted: keys.length };
}

/** The key that clients are to send: the newest of the secret. */
export async function readApiKey(
  { secretsManager }: Pick<FleetClients, 'secretsManager'>,
  secretArn: string,
): Promise<string> {
  const [newest = ''] = await readApiKeys(secretsManager, secretArn);
  return newest;
}

function makeKey(): string {
  return Array.from({ length: KEY_LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('');
}
