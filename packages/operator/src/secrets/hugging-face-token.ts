import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { OperatorError } from '../operator-error.ts';

/**
 * Checks the shape of a Hugging Face token: `hf_` and at least 20 letters or digits (user access tokens have 34).
 * @throws OperatorError that never shows what was given
 */
export function parseHuggingFaceToken(text: string): string {
  const token = text.trim();
  if (token === '') throw new OperatorError('no token was given: pipe it in, or type it when asked');
  if (!/^hf_[A-Za-z0-9]+$/.test(token)) {
    const begins = token.startsWith('hf_')
      ? 'begins with hf_ but holds other characters'
      : 'does not begin with hf_';
    throw new OperatorError(
      `that is no Hugging Face token: it must be hf_ and letters or digits; what was given ${begins} (${token.length} characters)`,
    );
  }
  if (token.length < 23 || isPlaceholder(token)) {
    throw new OperatorError(
      `that looks like a placeholder (${token.length} characters): make a token at https://huggingface.co/settings/tokens that may read the checkpoint`,
    );
  }
  return token;
}

/** Few different characters, or words that examples are made of. */
function isPlaceholder(token: string): boolean {
  const body = token.slice('hf_'.length).toLowerCase();
  return new Set(body).size < 6 || /token|example|placeholder|secret|changeme|your/.test(body);
}

/** Puts the token into the fleet's secret; the next seeding uses it. */
export async function putHuggingFaceToken(
  { secretsManager }: Pick<FleetClients, 'secretsManager'>,
  secretArn: string,
  token: string,
): Promise<void> {
  await secretsManager.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: token }));
}
