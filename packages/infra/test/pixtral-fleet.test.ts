import { App, type AppProps, type Environment, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { PixtralFleet, type PixtralFleetProps } from '../src/index.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from '../src/offline-context.ts';
import { listSecurityRules } from './security-rules.ts';
import { synthesiseApp } from './synthesise.ts';

const ENV = { account: PLACEHOLDER_ACCOUNT, region: 'us-east-1' };

/** Somebody's stack with a VPC of theirs, and a fleet in it. */
class ForeignStack extends Stack {
  readonly vpc = new ec2.Vpc(this, 'Theirs', {
    maxAzs: 2,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'Models', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ],
  });
  readonly fleet: PixtralFleet;

  constructor(scope: Construct, props: PixtralFleetProps = {}, env: Environment = ENV) {
    super(scope, 'Foreign', { env });
    this.fleet = new PixtralFleet(this, 'Pixtral', { vpc: this.vpc, ...props });
  }
}

describe('a fleet in a VPC of somebody’s app', () => {
  it('is in its private subnets, and makes no VPC and no endpoints', () => {
    const { template } = synthesiseForeign(() => undefined);
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      VPCZoneIdentifier: [
        { Ref: Match.stringLikeRegexp('^TheirsPrivateSubnet1') },
        { Ref: Match.stringLikeRegexp('^TheirsPrivateSubnet2') },
      ],
    });
  });

  it('is in the subnets that are named', () => {
    const { template } = synthesiseForeign(() => undefined, {
      vpcSubnets: { subnetGroupName: 'Models' },
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Subnets: [
        { Ref: Match.stringLikeRegexp('^TheirsModelsSubnet1') },
        { Ref: Match.stringLikeRegexp('^TheirsModelsSubnet2') },
      ],
    });
  });

  it('fails in public subnets', () => {
    expect(() =>
      synthesiseForeign(() => undefined, { vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
    ).toThrow('public subnet');
  });

  it('has endpoints of its own when it is told to', () => {
    const { template } = synthesiseForeign(() => undefined, { network: { createEndpoints: true } });
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 7);
  });

  it('is named after the stack, not by names of its own that a second one would collide with', () => {
    const { template } = synthesiseForeign((stack) => {
      new PixtralFleet(stack, 'Second', { vpc: stack.vpc });
    });
    template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 2);
  });

  it('fails when the config says another VPC, or none of it', () => {
    expect(() =>
      synthesiseForeign(() => undefined, { network: { mode: 'existing', vpcId: 'vpc-0123456789abcdef0' } }),
    ).toThrow('a VPC was passed as `vpc`: leave one out');
    expect(() => synthesiseForeign(() => undefined, { network: { mode: 'isolated' } })).toThrow(
      "network.mode is 'isolated', but a VPC was passed",
    );
  });
});

describe('grantInvoke', () => {
  it('lets a function of the VPC read the key and connect, and nobody else', () => {
    const { template } = synthesiseForeign((stack) => {
      const code = lambda.Code.fromInline('exports.handler = async () => 1');
      const asker = new lambda.Function(stack, 'Asker', {
        code,
        handler: 'index.handler',
        runtime: lambda.Runtime.NODEJS_24_X,
        vpc: stack.vpc,
        securityGroups: [
          new ec2.SecurityGroup(stack, 'AskerGroup', { vpc: stack.vpc, description: 'asker' }),
        ],
      });
      stack.fleet.grantInvoke(asker);
    }, NOBODY);
    expect(clientsOf(template)).toEqual(['Pixtral verification on 80', 'asker on 80']);
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^AskerServiceRole') }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
            Resource: { Ref: Match.stringLikeRegexp('^PixtralSecretsApiKey') },
          },
        ],
      },
    });
  });

  it('lets a role read the key alone', () => {
    const { template } = synthesiseForeign((stack) => {
      const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountPrincipal(stack.account) });
      stack.fleet.grantInvoke(role);
    }, NOBODY);
    expect(clientsOf(template)).toEqual(['Pixtral verification on 80']);
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: Match.stringLikeRegexp('^Role') }] });
  });

  it('fails for a function outside the VPC, which could not connect', () => {
    expect(() =>
      synthesiseForeign((stack) => {
        const code = lambda.Code.fromInline('exports.handler = async () => 1');
        stack.fleet.grantInvoke(
          new lambda.Function(stack, 'Outside', {
            code,
            handler: 'index.handler',
            runtime: lambda.Runtime.NODEJS_24_X,
          }),
        );
      }),
    ).toThrow('Only VPC-associated Lambda Functions have security groups');
  });
});

describe('connections', () => {
  it('open the port that clients use, without the key', () => {
    const certificateArn =
      'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
    const { template } = synthesiseForeign(
      (stack) => {
        const group = new ec2.SecurityGroup(stack, 'Clients', { vpc: stack.vpc, description: 'clients' });
        stack.fleet.allowFrom(group);
      },
      { network: { allowedCidrs: [], certificateArn, domain: { name: 'pixtral.example.com' } } },
    );
    expect(clientsOf(template)).toEqual(['Pixtral verification on 443', 'clients on 443']);
  });
});

describe('metrics', () => {
  it('are those of the agents, by the fleet’s stack', () => {
    const { template } = synthesiseForeign((stack) => {
      const { fleet } = stack;
      fleet.metricLoad().createAlarm(stack, 'Busy', { threshold: 90, evaluationPeriods: 3 });
      fleet
        .metric('gateFailed', { statistic: 'Sum' })
        .createAlarm(stack, 'Blind', { threshold: 1, evaluationPeriods: 1 });
      fleet
        .metricTimeToFirstToken({ statistic: 'p50' })
        .createAlarm(stack, 'Slow', { threshold: 2_000, evaluationPeriods: 3 });
    });
    const dimensions = [{ Name: 'StackName', Value: 'Foreign' }];
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'PixtralFleet',
      MetricName: 'Load',
      Statistic: 'Average',
      Dimensions: dimensions,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'GateFailed', Statistic: 'Sum' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'TimeToFirstToken',
      ExtendedStatistic: 'p50',
    });
  });
});

describe('a stack without a fixed environment', () => {
  it('fails with what to give when the region is unknown', () => {
    const app = new App();
    expect(() => new PixtralFleet(new Stack(app, 'Agnostic'), 'Pixtral')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: the region of stack Agnostic is not known at synth, but instance types and zones depend on it: give the stack \`env: { account, region }\`]`,
    );
  });

  it('fails with what to give when the account is, unless an image is named', () => {
    const stack = () => new Stack(new App(), 'Agnostic', { env: { region: 'us-east-1' } });
    expect(() => new PixtralFleet(stack(), 'Pixtral')).toThrow('so the machine image cannot be looked up');
  });
});

const NOBODY: PixtralFleetProps = { network: { allowedCidrs: [] } };

function synthesiseForeign(use: (stack: ForeignStack) => void, props?: PixtralFleetProps) {
  return synthesiseApp(
    (appProps: AppProps) => {
      const stack = new ForeignStack(new App(appProps), props);
      use(stack);
      return stack;
    },
    offlineContext({ region: ENV.region }),
  );
}

function clientsOf(template: Template): readonly string[] {
  return listSecurityRules(template)
    .filter(({ group, direction }) => group === 'Pixtral load balancer' && direction === 'in')
    .map(({ peer, port }) => `${peer} on ${port}`)
    .toSorted();
}
