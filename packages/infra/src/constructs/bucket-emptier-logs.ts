import { type CfnResource, Stack } from 'aws-cdk-lib';
import type { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { createLogGroup } from './log-group.ts';

/** The CDK's provider of `autoDeleteObjects`, one for each stack. */
const PROVIDER = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

/**
 * Gives the CDK's Lambda that empties buckets a log group of the stack. Left alone it writes to one that Lambda makes
 * by itself, which keeps its lines for ever and outlives the stack.
 * @throws Error when the CDK names that Lambda otherwise than it did
 */
export function ownBucketEmptierLogs(scope: Construct, config: ResolvedConfig): void {
  const provider = Stack.of(scope).node.tryFindChild(PROVIDER);
  const handler = provider?.node.tryFindChild('Handler') as CfnResource | undefined;
  if (!provider || !handler) throw new Error(`this version of the CDK has no ${PROVIDER}/Handler`);
  if (provider.node.tryFindChild('Logs')) return;
  const logGroup = createLogGroup(provider as Construct, 'Logs', config);
  const { ref } = logGroup.node.defaultChild as CfnLogGroup;
  handler.addPropertyOverride('LoggingConfig', { LogGroup: ref });
}
