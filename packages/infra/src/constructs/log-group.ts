import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { encryptionKey } from './encryption-key.ts';

/** A log group as the config wants it: retention, removal, and the key where one is given. */
export function createLogGroup(
  scope: Construct,
  id: string,
  config: Pick<ResolvedConfig, 'operations' | 'removal' | 'security'>,
): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    retention: config.operations.logRetentionDays,
    removalPolicy: config.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    ...encryptionKey(scope, config),
  });
}
