import { Stack } from 'aws-cdk-lib';
import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Provider } from 'aws-cdk-lib/custom-resources';
import type { IConstruct } from 'constructs';
import { acknowledge, bucketWildcard, GRANT_READ_ACTIONS, KEY_WRITE_ACTIONS } from './acknowledge.ts';

/** Accepts what cdk-nag finds about the build's project. */
export function acknowledgeProject(
  project: codebuild.Project,
  reached: { readonly bucket: s3.IBucket; readonly source: Asset },
): void {
  const stack = Stack.of(project);
  const ownLogs = `arn:<AWS::Partition>:logs:${stack.region}:${stack.account}:log-group:/aws/codebuild/<${logicalId(project)}>`;
  acknowledge(project, {
    ids: ['CB4'],
    reason: 'the build keeps no artifacts; with security.kmsKeyArn it uses that key all the same',
  });
  acknowledge(project, {
    ids: [
      ...GRANT_READ_ACTIONS,
      ...(reached.bucket.encryptionKey ? KEY_WRITE_ACTIONS : []),
      'IAM5[Action::s3:Abort*]',
      'IAM5[Action::s3:DeleteObject*]',
      ...(reached.bucket.encryptionKey ? KEY_WRITE_ACTIONS : []),
      bucketWildcard(reached.bucket, '*'),
      `IAM5[Resource::arn:<AWS::Partition>:s3:::${reached.source.s3BucketName}/*]`,
      `IAM5[Resource::${ownLogs}:*]`,
    ],
    reason: 'CDK grants: fill the bucket, read the two archives, write its own log',
  });
}

/** Accepts what cdk-nag finds about the handlers and the CDK's framework around them. */
export function acknowledgeProvider(parts: {
  readonly provider: Provider;
  readonly handlers: readonly lambda.Function[];
}): void {
  const { provider, handlers } = parts;
  for (const construct of [...handlers, provider]) {
    acknowledge(construct, {
      ids: ['IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]'],
      reason: 'what a Lambda needs for its logs',
    });
  }
  const own = ['framework-isComplete', 'framework-onTimeout'].map((id) => provider.node.findChild(id));
  acknowledge(provider, {
    ids: [...handlers, ...own].map((construct) => `IAM5[Resource::<${logicalId(construct)}.Arn>:*]`),
    reason: 'the CDK’s framework may call every version of the two handlers and of its own functions',
  });
  acknowledge(provider, {
    ids: ['SF1', 'SF2'],
    reason: 'a waiter of the CDK’s that runs at deploy; what it calls is in the seeder’s log group',
  });
}

function logicalId(construct: IConstruct): string {
  const resource = construct.node.defaultChild;
  if (!resource) throw new Error(`${construct.node.path} has no resource of its own`);
  return Stack.of(construct).getLogicalId(resource as lambda.CfnFunction);
}
