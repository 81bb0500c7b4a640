import { Stack, Validations } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** Accepts cdk-nag findings by their exact ids, so that a new wildcard is a new finding. */
export function acknowledge(
  scope: IConstruct,
  options: { readonly ids: readonly string[]; readonly reason: string },
): void {
  for (const id of options.ids)
    Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-${id}`, reason: options.reason });
}

/** What `bucket.grantRead` contains: read actions of S3 by prefix, below one bucket or one prefix of it. */
export const GRANT_READ_ACTIONS: readonly string[] = [
  'IAM5[Action::s3:GetBucket*]',
  'IAM5[Action::s3:GetObject*]',
  'IAM5[Action::s3:List*]',
];

/** What a grant to write contains where a KMS key encrypts: kinds of two actions on that one key. */
export const KEY_WRITE_ACTIONS: readonly string[] = [
  'IAM5[Action::kms:GenerateDataKey*]',
  'IAM5[Action::kms:ReEncrypt*]',
];

/** The finding for a wildcard below a bucket of this stack. */
export function bucketWildcard(bucket: s3.IBucket, path: string): string {
  const resource = bucket.node.defaultChild as s3.CfnBucket;
  return `IAM5[Resource::<${Stack.of(bucket).getLogicalId(resource)}.Arn>/${path}]`;
}
