import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import type { DoctorContext } from './doctor-check.ts';

/** What is known about the Hugging Face token; its value never leaves this package. */
export type HubToken =
  | { readonly state: 'token'; readonly value: string }
  /** The secret holds something else, such as what the stack made it with. */
  | { readonly state: 'placeholder'; readonly secretArn: string }
  /** The secret that the config names does not exist, or has no value yet. */
  | { readonly state: 'missing'; readonly secretArn: string }
  /** The config names no secret, and there is no stack that has one. */
  | { readonly state: 'none' };

const TOKEN = /^hf_\w{20,}$/;

const OUTPUT = 'HuggingFaceTokenSecretArn';

export async function readHubToken({ clients, config, signal }: DoctorContext): Promise<HubToken> {
  const secretArn =
    config.files.huggingFaceTokenSecretArn ?? (await readSecretArn({ clients, config, signal }));
  if (secretArn === undefined) return { state: 'none' };
  try {
    const { SecretString: value = '' } = await clients.secretsManager.send(
      new GetSecretValueCommand({ SecretId: secretArn }),
      { abortSignal: signal },
    );
    const text = value.trim();
    return TOKEN.test(text) ? { state: 'token', value: text } : { state: 'placeholder', secretArn };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { state: 'missing', secretArn };
    throw error;
  }
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
