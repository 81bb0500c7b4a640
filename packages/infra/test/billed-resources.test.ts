import { describe, expect, it } from 'vitest';
import { type BilledResources, billedResources, ENDPOINT_SERVICES } from '../src/billed-resources.ts';
import { type PixtralConfig, type ResolvedConfig, resolveConfig } from '../src/config/index.ts';
import { createApp } from '../src/create-app.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from '../src/offline-context.ts';

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const CONFIGS: Readonly<Record<string, PixtralConfig>> = {
  'isolated, in two zones': {},
  'isolated, in three zones': {
    network: { availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1d'] },
  },
  'behind a NAT gateway': { network: { mode: 'nat' } },
  'in an existing VPC': { network: { mode: 'existing', vpcId: 'vpc-0123456789abcdef0' } },
  'in an existing VPC that gets endpoints': {
    network: { mode: 'existing', vpcId: 'vpc-0123456789abcdef0', createEndpoints: true },
  },
  'with everything that watches': {
    operations: { alarmEmail: 'someone@example.com', canaryMinutes: 5, monthlyBudgetUsd: 1_000 },
  },
  'with a secret of one’s own for the token': {
    files: {
      huggingFaceTokenSecretArn:
        'arn:aws:secretsmanager:us-east-1:123456789012:secret:team/hugging-face-AbC123',
    },
  },
  'that sleeps': { capacity: { min: 0 } },
  'of a fixed size': { capacity: { min: 2, max: 2 } },
  'that scales by load alone': { scaling: { fallbackRequestsPerMinute: 0 } },
  'with a key of its own': {
    security: { kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/0123abcd' },
  },
  'that does not scale': { scaling: { enabled: false } },
};

describe('what is billed by itself', () => {
  it.each(Object.entries(CONFIGS))('is what the template of a fleet has: %s', (_, config) => {
    const resolved = resolveConfig(config);
    expect(billedResources(resolved)).toEqual(countIn(synthesise(resolved)));
  });
});

describe('the services behind interface endpoints', () => {
  it('are those of the template', () => {
    const names = synthesise(resolveConfig({})).flatMap(({ Type, Properties }) =>
      Type === 'AWS::EC2::VPCEndpoint' && Properties?.VpcEndpointType === 'Interface'
        ? [String(Properties.ServiceName).split('.').at(-1)]
        : [],
    );
    expect(names.toSorted()).toEqual(ENDPOINT_SERVICES.toSorted());
  });
});

function synthesise(config: ResolvedConfig): readonly TemplateResource[] {
  const context = { ...offlineContext(config), 'aws:cdk:disable-asset-staging': true };
  const { app, stack } = createApp(config, { account: PLACEHOLDER_ACCOUNT, props: { context } });
  const template: { readonly Resources: Readonly<Record<string, TemplateResource>> } = app
    .synth()
    .getStackByName(stack.stackName).template;
  return Object.values(template.Resources);
}

function countIn(resources: readonly TemplateResource[]): BilledResources {
  const of = (type: string) => resources.filter(({ Type }) => Type === type);
  const alarms = of('AWS::CloudWatch::Alarm');
  const isFast = ({ Properties = {} }: TemplateResource) =>
    JSON.stringify(Properties).includes('"Period":10');
  const tracked = of('AWS::AutoScaling::ScalingPolicy').filter(
    ({ Properties }) => Properties?.PolicyType === 'TargetTrackingScaling',
  );
  // Auto Scaling makes one alarm for more instances and one for fewer.
  const all = [...alarms, ...tracked, ...tracked];
  return {
    interfaceEndpointZones: of('AWS::EC2::VPCEndpoint')
      .filter(({ Properties }) => Properties?.VpcEndpointType === 'Interface')
      .reduce((zones, { Properties }) => zones + lengthOf(Properties?.SubnetIds), 0),
    natGateways: of('AWS::EC2::NatGateway').length,
    secrets: of('AWS::SecretsManager::Secret').length,
    keys: of('AWS::KMS::Key').length,
    alarms: all.filter((alarm) => !isFast(alarm)).length,
    fastAlarms: all.filter(isFast).length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
  };
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
