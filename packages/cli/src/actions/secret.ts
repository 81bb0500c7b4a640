import { requireStack } from '@pixtral-fleet/operator/fleet';
import { parseHuggingFaceToken, putHuggingFaceToken, rotateApiKey } from '@pixtral-fleet/operator/secrets';
import type { RotateKeyFlags, SetTokenFlags } from '../commands/secret.ts';
import { readSecret } from '../confirm.ts';
import { UsageError } from '../exit-codes.ts';
import { loadUserConfig, type OpenFleet, openFleet } from '../open-fleet.ts';
import { print } from '../output/print.ts';

export async function setHuggingFaceToken(flags: SetTokenFlags): Promise<void> {
  const fleet = await openFleet(flags);
  const secretArn = (await readOwnSecretArn(flags)) ?? (await findSecret(fleet, 'HuggingFaceTokenSecretArn'));
  const token = parseHuggingFaceToken(await readSecret('Hugging Face token (hf_…)'));
  await putHuggingFaceToken(fleet.clients, secretArn, token);
  print(
    { secretArn },
    {
      json: flags.json,
      format: () => `put into ${secretArn}; the next deployment that fills the bucket uses it`,
    },
  );
}

export async function rotateKey(flags: RotateKeyFlags): Promise<void> {
  const fleet = await openFleet(flags);
  const secretArn = await findSecret(fleet, 'ApiKeySecretArn');
  const { step, newKey, accepted } = await rotateApiKey(
    fleet.clients,
    secretArn,
    flags.finish ? 'finish' : 'begin',
  );
  const result = { secretArn, step, accepted, ...(flags.show ? { newKey } : {}) };
  print(result, { json: flags.json, format: () => formatRotation({ ...result, region: fleet.region }) });
}

function formatRotation(result: {
  readonly step: 'begin' | 'finish';
  readonly secretArn: string;
  readonly region: string;
  readonly newKey?: string;
}): string {
  const read = `aws secretsmanager get-secret-value --region ${result.region} --secret-id ${result.secretArn} --query SecretString --output text`;
  const where = result.newKey === undefined ? `read it with: ${read}` : `new key: ${result.newKey}`;
  if (result.step === 'finish') return `the new key alone is accepted, within a minute\n${where}`;
  return [
    'a new key is accepted beside the present one, within a minute; it is the first in the secret',
    where,
    'when every client sends it: pixtral secret rotate-api-key --finish',
  ].join('\n');
}

/** The secret that the config names, which is there before any stack; flags that name a fleet are not about the config's. */
async function readOwnSecretArn(flags: SetTokenFlags): Promise<string | undefined> {
  if (flags.rehearsal || flags.stack !== undefined || flags.region !== undefined) return undefined;
  return (await loadUserConfig()).files.huggingFaceTokenSecretArn;
}

export async function findSecret({ clients, stackName }: OpenFleet, output: string): Promise<string> {
  const { outputs, status } = await requireStack(clients, stackName);
  const arn = outputs[output];
  if (arn !== undefined) return arn;
  throw new UsageError(`stack ${stackName} is ${status} and names no ${output}: deploy it first`);
}
