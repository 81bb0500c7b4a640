import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** What tokens of Hugging Face begin with. */
const TOKEN = /^hf_\w+$/;

/**
 * The token in the fleet's secret; undefined for the placeholder that the stack generated, which the hub would refuse
 * even for what everybody may read. Read here, not put into the environment: no program that the seeder starts sees it.
 */
export async function readHubToken(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<string | undefined> {
  const { SecretString: value = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const text = value.trim();
  return TOKEN.test(text) ? text : undefined;
}
