import {
  DeleteSecretCommand,
  ListSecretsCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** Deletes the secret with the fleet's API key, once there is one; undefined as long as there is none. */
export async function deleteApiKey(client: SecretsManagerClient): Promise<string | undefined> {
  const { SecretList: secrets = [] } = await client.send(new ListSecretsCommand({}));
  const key = secrets.find(({ Name = '' }) => /ApiKey/i.test(Name));
  if (!key?.ARN) return undefined;
  await client.send(new DeleteSecretCommand({ SecretId: key.ARN, ForceDeleteWithoutRecovery: true }));
  return key.ARN;
}
