import { expect, it } from 'vitest';
import { planDestroy } from '../../src/destroy/plan-destroy.ts';

const RESOURCES = [
  resource('Files', 'AWS::S3::Bucket', 'files-1'),
  resource('ApiKey', 'AWS::SecretsManager::Secret', 'arn:secret'),
  resource('Group', 'AWS::AutoScaling::AutoScalingGroup', 'group-1'),
  resource('EndpointA', 'AWS::EC2::VPCEndpoint', 'vpce-1'),
  resource('EndpointB', 'AWS::EC2::VPCEndpoint', 'vpce-2'),
  resource('Handler', 'AWS::Lambda::Function', 'fn-1'),
  resource('Project', 'AWS::CodeBuild::Project', 'seeder-1'),
  resource('Logs', 'AWS::Logs::LogGroup', 'logs-1'),
  resource('NeverMade', 'AWS::EC2::VPC', ''),
];

it('lists what costs by its kind, the rest by number, and the log groups that AWS made beside the stack', () => {
  expect(planDestroy(RESOURCES, '{"Resources":{}}')).toEqual({
    deleted: [
      { kind: 'Auto Scaling group with its instances', count: 1 },
      { kind: 'VPC endpoint', count: 2 },
      { kind: 'bucket with everything in it', count: 1 },
      { kind: 'secret', count: 1 },
      { kind: 'log group', count: 1 },
      { kind: 'other resources', count: 2 },
    ],
    kept: [],
    logGroups: ['/aws/lambda/fn-1', '/aws/codebuild/seeder-1', 'logs-1'],
  });
});

it('keeps what the template retains', () => {
  const template = JSON.stringify({
    Resources: { Files: { DeletionPolicy: 'Retain' }, ApiKey: { DeletionPolicy: 'Delete' } },
  });
  const plan = planDestroy(RESOURCES, template);
  expect(plan.kept).toEqual([{ logicalId: 'Files', type: 'AWS::S3::Bucket', physicalId: 'files-1' }]);
  expect(plan.deleted.map(({ kind }) => kind)).not.toContain('bucket with everything in it');
});

function resource(logicalId: string, type: string, physicalId: string) {
  return { logicalId, type, physicalId, status: 'CREATE_COMPLETE' };
}
