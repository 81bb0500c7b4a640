import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { DoctorContext } from './doctor-check.ts';

/** What is known about the Hugging Face token; its value never leaves this package. */
export type HubToken =
  | { readonly state: 'token'; readonly value: string }
  /** The stack is there, and its secret still holds what it was made with. */
  | { readonly state: 'placeholder' }
  /** No stack, and so no secret. */
  | { readonly state: 'none' };

const TOKEN = /^hf_\w{20,}$/;

const OUTPUT = 'HuggingFaceTokenSecretArn';

export async function readHubToken({ clients, config, signal }: DoctorContext): Promise<HubToken> {
  const secretArn = await readSecretArn({ clients, config, signal });
  if (secretArn === undefined) return { state: 'none' };
  const { SecretString: value = '' } = await clients.secretsManager.send(
    new GetSecretValueCommand({ SecretId: secretArn }),
    { abortSignal: signal },
  );
  const text = value.trim();
  return TOKEN.test(text) ? { state: 'token', value: text } : { state: 'placeholder' };
}

async function readSecretArn({
  clients,
  config,
  signal,
}: Pick<DoctorContext, 'clients' | 'config' | 'signal'>): Promise<string | undefined> {
  try {
    const { Stacks: [stack] = [] } = await clients.cloudFormation.send(
      new DescribeStacksCommand({ StackName: config.stackName }),
      { abortSignal: signal },
    );
    return stack?.Outputs?.find(({ OutputKey }) => OutputKey === OUTPUT)?.OutputValue;
  } catch (error) {
    // CloudFormation has no error of its own for this.
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}
