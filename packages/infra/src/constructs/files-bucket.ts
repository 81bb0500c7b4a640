import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { BOOT_REPORT_PREFIX } from '../names.ts';
import { acknowledge } from './acknowledge.ts';
import { ownBucketEmptierLogs } from './bucket-emptier-logs.ts';
import { encryptionKey } from './encryption-key.ts';

export { BOOT_REPORT_PREFIX };

/** The bucket with weights, runtimes and boot reports. */
export function createFilesBucket(scope: Construct, id: string, config: ResolvedConfig): s3.Bucket {
  const removalPolicy = config.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  const key = encryptionKey(scope, config);
  const bucket = new s3.Bucket(scope, id, {
    encryption: key.encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    ...key,
    // One call to KMS for many objects instead of one for each part of the weights.
    ...(key.encryptionKey ? { bucketKeyEnabled: true } : {}),
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [
      {
        abortIncompleteMultipartUploadAfter: Duration.days(3),
        noncurrentVersionExpiration: Duration.days(30),
      },
      { prefix: BOOT_REPORT_PREFIX, expiration: Duration.days(30) },
    ],
    removalPolicy,
    // A bucket that holds anything is not deleted; boot reports alone would end every roll-back in ROLLBACK_FAILED.
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
  });
  if (removalPolicy === RemovalPolicy.DESTROY) ownBucketEmptierLogs(scope, config);
  acknowledge(bucket, {
    ids: ['S1'],
    reason:
      'it holds public weights and boot reports; who reads it is in CloudTrail, and logs would need a bucket of their own',
  });
  return bucket;
}
