import { type Stack, Token } from 'aws-cdk-lib';
import { ConfigError, type PixtralConfig } from './config/index.ts';

/**
 * Region of a stack that a fleet can be in.
 * @throws ConfigError when region or account are unknown at synth: what a fleet is made of differs between them.
 */
export function requireEnvironment(stack: Stack, { instance }: Pick<PixtralConfig, 'instance'>): string {
  const { account, region } = stack;
  if (Token.isUnresolved(region)) {
    throw new ConfigError(
      `the region of stack ${stack.stackName} is not known at synth, but instance types and zones depend on it: give the stack \`env: { account, region }\``,
    );
  }
  if (Token.isUnresolved(account) && instance?.amiId === undefined) {
    throw new ConfigError(
      `the account of stack ${stack.stackName} is not known at synth, so the machine image cannot be looked up: sign in to AWS, give the stack \`env: { account, region }\`, or name an image in instance.amiId`,
    );
  }
  return region;
}
