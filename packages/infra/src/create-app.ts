import { App, type AppProps } from 'aws-cdk-lib';
import type { ResolvedConfig } from './config/index.ts';
import { PixtralFleetStack } from './pixtral-fleet-stack.ts';
import { applyContext } from './rehearsal-context.ts';

/** Behaviour of the CDK that this app was written for; in the code, so that every way of calling it has the same. */
const FEATURE_FLAGS = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:target-partitions': ['aws'],
  '@aws-cdk/aws-ec2:launchTemplateDefaultUserData': true,
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
};

/** The app with its one stack. @param account 12 digits; undefined for an environment-agnostic synth. */
export function createApp(
  config: ResolvedConfig,
  options: { readonly account: string | undefined; readonly props?: AppProps },
): { readonly app: App; readonly stack: PixtralFleetStack } {
  const app = new App({ ...options.props, postCliContext: FEATURE_FLAGS, analyticsReporting: false });
  const stack = new PixtralFleetStack(app, config.stackName, {
    config: applyContext(config, (key) => app.node.tryGetContext(key)),
    env: { account: options.account, region: config.region },
  });
  return { app, stack };
}
