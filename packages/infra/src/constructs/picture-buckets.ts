import { Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { acknowledge } from './acknowledge.ts';

type Bucket = ResolvedConfig['gateway']['pictureBuckets'][number];

/** Lets instances read the pictures of the listed buckets: objects alone, by their full name, and no list of them. */
export function grantPictures(role: iam.Role, { gateway }: ResolvedConfig): void {
  for (const [index, bucket] of gateway.pictureBuckets.entries()) {
    role.addToPolicy(readPictures(role, bucket, { sid: `ReadPictures${index}` }));
    acknowledge(role, {
      ids: [`IAM5[Resource::arn:<AWS::Partition>:s3:::${bucket.name}/${bucket.prefix ?? ''}*]`],
      reason: 'gateway.pictureBuckets names this bucket: requests may ask about any picture in it',
    });
  }
}

/** Buckets of other accounts, which the endpoint of an isolated network keeps out otherwise. */
export function letPicturesThrough(endpoint: ec2.GatewayVpcEndpoint, { gateway }: ResolvedConfig): void {
  for (const [index, bucket] of gateway.pictureBuckets.entries()) {
    endpoint.addToPolicy(
      readPictures(endpoint, bucket, {
        sid: `ReadPictures${index}`,
        principals: [new iam.AnyPrincipal()],
      }),
    );
  }
}

function readPictures(
  scope: Construct,
  { name, prefix = '', owner }: Bucket,
  statement: Pick<iam.PolicyStatementProps, 'sid' | 'principals'>,
): iam.PolicyStatement {
  return new iam.PolicyStatement({
    ...statement,
    actions: ['s3:GetObject'],
    resources: [`arn:${Stack.of(scope).partition}:s3:::${name}/${prefix}*`],
    ...(owner === undefined ? {} : { conditions: { StringEquals: { 's3:ResourceAccount': owner } } }),
  });
}
