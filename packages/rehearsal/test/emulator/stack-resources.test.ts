import {
  DescribeFlowLogsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FleetStack } from './fleet-stack.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

let cloud: TestCloud;
let stack: FleetStack;
let outputs: Record<string, string>;
beforeAll(async () => {
  cloud = await startTestCloud();
  stack = new FleetStack(cloud, 'resources');
  await stack.create({ desiredCapacity: 0 });
  outputs = await stack.outputs();
}, 120_000);
afterAll(() => cloud?.close());

describe('a stack in the emulated AWS', () => {
  it('refers to a secret by its ARN, and the generated value can be read with it', async () => {
    expect(outputs.SecretRef).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:/);
    const { SecretString } = await cloud.secretsManager.send(
      new GetSecretValueCommand({ SecretId: outputs.SecretRef }),
    );
    expect(SecretString).toMatch(/^[A-Za-z0-9]{40}$/);
  });

  it('knows the VPC’s CIDR, and its flow logs', async () => {
    expect(outputs.VpcCidr).toBe('10.7.0.0/16');
    const { Vpcs = [] } = await cloud.ec2.send(
      new DescribeVpcsCommand({ Filters: [{ Name: 'cidr', Values: ['10.7.0.0/16'] }] }),
    );
    const { FlowLogs = [] } = await cloud.ec2.send(new DescribeFlowLogsCommand({}));
    expect(FlowLogs.map(({ ResourceId, TrafficType }) => [ResourceId, TrafficType])).toEqual([
      [Vpcs[0]?.VpcId, 'REJECT'],
    ]);
  });

  it('has security group rules that are resources of their own', async () => {
    const { SecurityGroups = [] } = await cloud.ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'description', Values: ['instances'] }] }),
    );
    const group = SecurityGroups.find(({ Description }) => Description === 'instances');
    expect(group?.IpPermissions).toMatchObject([
      { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: '10.7.0.0/16' }] },
    ]);
    expect(group?.IpPermissionsEgress?.map(({ FromPort }) => FromPort)).toContain(443);
  });

  it('has a bucket that keeps what is put into it', async () => {
    await cloud.s3.send(new PutObjectCommand({ Bucket: outputs.Bucket, Key: 'a/b', Body: 'kept' }));
    const { Body } = await cloud.s3.send(
      new GetObjectCommand({ Bucket: outputs.Bucket, Key: 'a/b', Range: 'bytes=1-2' }),
    );
    expect(await Body?.transformToString()).toBe('ep');
  });

  it('has the balancer’s listener, rules and attributes as the template gives them', async () => {
    const { LoadBalancers = [] } = await cloud.elbv2.send(new DescribeLoadBalancersCommand({}));
    expect(LoadBalancers.map(({ Scheme }) => Scheme)).toEqual(['internal']);
    const { Listeners = [] } = await cloud.elbv2.send(
      new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn }),
    );
    const { Rules = [] } = await cloud.elbv2.send(
      new DescribeRulesCommand({ ListenerArn: Listeners[0]?.ListenerArn }),
    );
    const byPriority = Object.fromEntries(Rules.map((rule) => [rule.Priority, rule]));
    expect(Object.keys(byPriority)).toEqual(['10', 'default']);
    expect(byPriority['10']?.Conditions?.[0]?.PathPatternConfig?.Values).toEqual(['/v1/models']);
    expect(byPriority['10']?.Actions?.[0]?.TargetGroupArn).toBe(outputs.TargetGroup);
    expect(byPriority.default?.Actions?.[0]?.FixedResponseConfig?.StatusCode).toBe('404');
    const { Attributes } = await cloud.elbv2.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: outputs.TargetGroup }),
    );
    expect(Attributes).toContainEqual({ Key: 'deregistration_delay.timeout_seconds', Value: '120' });
  });

  it('leaves nothing behind when it is deleted', async () => {
    const other = new FleetStack(cloud, 'short-lived');
    await other.create({ desiredCapacity: 0 });
    await other.delete();
    const { LoadBalancers = [] } = await cloud.elbv2.send(new DescribeLoadBalancersCommand({}));
    const { FlowLogs = [] } = await cloud.ec2.send(new DescribeFlowLogsCommand({}));
    expect([LoadBalancers.length, FlowLogs.length]).toEqual([1, 1]);
  });
});
