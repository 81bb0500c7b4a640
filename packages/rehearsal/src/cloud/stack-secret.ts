import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseApiKeys } from '@pixtral-fleet/agent';

/** The newest valid API key of a fleet: the plain secret, or the first of `{"keys": […]}` during rotation. */
export async function readApiKey(client: SecretsManagerClient, secretArn: string): Promise<string> {
  const { SecretString: value } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const [key] = parseApiKeys(value ?? '');
  if (!key) throw new Error(`secret ${secretArn} holds no API key`);
  return key;
}
