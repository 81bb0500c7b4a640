import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../src/config/index.ts';
import { INTERFACE_ENDPOINTS } from '../src/constructs/network-endpoints.ts';
import { createApp } from '../src/create-app.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from '../src/offline-context.ts';
import {
  clientsOf,
  endpointsOf,
  lookedUp,
  subnet,
  subnetsOf,
  VPC,
  ZONES,
  zonesOf,
} from './network-template.ts';
import { describeSecurityRules, listSecurityRules } from './security-rules.ts';
import { synthesise } from './synthesise.ts';

const SUBNETS = ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'];

const isolated = synthesise();
const nat = synthesise({ network: { mode: 'nat', cidr: '10.9.0.0/20' } });
const existing = synthesise({ network: { mode: 'existing', vpcId: VPC, subnetIds: SUBNETS } });

describe('isolated', () => {
  it('has no way to or from the internet', () => {
    for (const type of ['InternetGateway', 'NatGateway', 'EIP', 'Route'])
      isolated.resourceCountIs(`AWS::EC2::${type}`, 0);
  });

  it('reaches the services that are called by endpoints, and no others', () => {
    expect(endpointsOf(isolated)).toEqual([
      'autoscaling',
      'logs',
      'monitoring',
      's3',
      'secretsmanager',
      'ssm',
      'ssmmessages',
    ]);
    for (const { need } of INTERFACE_ENDPOINTS) expect(need).not.toBe('');
  });

  it('reaches no bucket of another account but the one that CloudFormation waits at', () => {
    isolated.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Condition: { StringEquals: { 's3:ResourceAccount': '123456789012' } } }),
          Match.objectLike({
            Action: 's3:PutObject',
            Resource: {
              'Fn::Join': ['', Match.arrayWith([':s3:::cloudformation-custom-resource-response-useast1/*'])],
            },
          }),
        ],
      },
    });
  });

  it('has the least rules', () => {
    expect(describeSecurityRules(isolated)).toMatchInlineSnapshot(`
      [
        "Pixtral VPC endpoints in 443 Pixtral instances",
        "Pixtral VPC endpoints in 443 Pixtral verification",
        "Pixtral instances in 8080 Pixtral load balancer",
        "Pixtral instances out 443 0.0.0.0/0",
        "Pixtral load balancer in 80 Pixtral verification",
        "Pixtral load balancer in 80 vpc",
        "Pixtral load balancer out 8080 Pixtral instances",
        "Pixtral verification out 443 0.0.0.0/0",
        "Pixtral verification out 80 Pixtral load balancer",
      ]
    `);
  });

  it('has a flow log of what was rejected', () => {
    isolated.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT', ResourceType: 'VPC' });
  });

  it('takes its addresses and the number of zones from the config', () => {
    const template = synthesise(
      { network: { cidr: '10.80.0.0/20', maxAzs: 3 } },
      { [ZONES]: ['us-east-1a', 'us-east-1b', 'us-east-1c', 'us-east-1d'] },
    );
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.80.0.0/20' });
    expect(zonesOf(template)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
  });
});

describe('nat', () => {
  it('has one gateway for all zones, and S3 without it', () => {
    nat.resourceCountIs('AWS::EC2::NatGateway', 1);
    nat.resourceCountIs('AWS::EC2::EIP', 1);
    expect(endpointsOf(nat)).toEqual(['s3']);
    nat.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.9.0.0/20' });
  });

  it('gives nobody a public address', () => {
    for (const { Properties: subnet } of Object.values(nat.findResources('AWS::EC2::Subnet')))
      expect(subnet.MapPublicIpOnLaunch).toBe(false);
  });

  it('has instances, balancer and Lambda in private subnets', () => {
    const isPrivate = [
      { Ref: Match.stringLikeRegexp('PrivateSubnet1') },
      { Ref: Match.stringLikeRegexp('PrivateSubnet2') },
    ];
    nat.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: isPrivate });
    nat.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internal',
      Subnets: isPrivate,
    });
    nat.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: Match.objectLike({ SubnetIds: isPrivate }),
    });
  });

  it('lets out nothing but HTTPS', () => {
    const outside = listSecurityRules(nat).filter(({ peer }) => peer === '0.0.0.0/0');
    expect(outside.map(({ direction, group, port }) => `${group} ${direction} ${port}`)).toEqual([
      'Pixtral instances out 443',
      'Pixtral verification out 443',
    ]);
  });
});

describe('an existing VPC', () => {
  it('stays as it is: no subnets, routes, endpoints or flow logs', () => {
    for (const type of ['VPC', 'Subnet', 'RouteTable', 'VPCEndpoint', 'FlowLog', 'NatGateway'])
      existing.resourceCountIs(`AWS::EC2::${type}`, 0);
  });

  it('has the fleet in the subnets that are named', () => {
    existing.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: SUBNETS });
    existing.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: SUBNETS });
    existing.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { VpcId: VPC });
  });

  it('lets in its own range, as the look-up found it', () => {
    expect(describeSecurityRules(existing)).toContain('Pixtral load balancer in 80 10.0.0.0/16');
  });

  it('gets the endpoints when they are asked for, with S3 open to whom it serves beside the fleet', () => {
    const template = synthesise({ network: { mode: 'existing', vpcId: VPC, createEndpoints: true } });
    expect(endpointsOf(template)).toEqual(endpointsOf(isolated));
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      PolicyDocument: Match.absent(),
      RouteTableIds: ['rtb-00000000000000001', 'rtb-00000000000000002'],
    });
  });

  it.each([
    [
      'a subnet that is not there',
      [subnet('a'), subnet('b')],
      ['subnet-0123456789abcdef0', 'subnet-aaaaaaaa'],
      'subnet-0123456789abcdef0 is not in the VPC',
    ],
    [
      'a public subnet',
      [subnet('a'), subnet('b'), { ...subnet('c'), type: 'Public' }],
      ['subnet-aaaaaaaa', 'subnet-cccccccc'],
      'subnet-cccccccc is a public subnet',
    ],
    [
      'two subnets of one zone',
      [subnet('a'), { ...subnet('b'), availabilityZone: 'us-east-1a' }],
      ['subnet-aaaaaaaa', 'subnet-bbbbbbbb'],
      'subnets in two zones',
    ],
    ['no private subnets', [{ ...subnet('a'), type: 'Public' }], undefined, 'has no private subnets'],
    ['private subnets in one zone only', [subnet('a')], undefined, 'subnets in two zones'],
  ])('fails for %s', (_what, subnets, subnetIds, problem) => {
    const network = { mode: 'existing' as const, vpcId: VPC, ...(subnetIds ? { subnetIds } : {}) };
    expect(() => synthesise({ network }, lookedUp(subnets))).toThrow(problem);
  });

  it('takes one private subnet of each zone, and isolated ones where there are no private ones', () => {
    const twice = [subnet('a'), { ...subnet('b'), availabilityZone: 'us-east-1a' }, subnet('c')];
    const network = { mode: 'existing' as const, vpcId: VPC };
    expect(subnetsOf(synthesise({ network }, lookedUp(twice)))).toEqual([
      'subnet-aaaaaaaa',
      'subnet-cccccccc',
    ]);
    const closed = [subnet('a'), subnet('c')].map((found) => ({ ...found, type: 'Isolated' }));
    expect(subnetsOf(synthesise({ network }, lookedUp(closed)))).toEqual([
      'subnet-aaaaaaaa',
      'subnet-cccccccc',
    ]);
  });

  it('is not refused before the look-up has been made: the CDK command line does that after a first synth', () => {
    const config = resolveConfig({ network: { mode: 'existing', vpcId: VPC, subnetIds: SUBNETS } });
    const context = offlineContext({ region: config.region });
    expect(() => createApp(config, { account: PLACEHOLDER_ACCOUNT, props: { context } })).not.toThrow();
  });
});

describe('who may connect', () => {
  it('is who is in the ranges of the config, and nobody else', () => {
    const template = synthesise({ network: { allowedCidrs: ['10.16.0.0/12', '172.20.3.0/24'] } });
    expect(clientsOf(template)).toEqual(['10.16.0.0/12', '172.20.3.0/24', 'Pixtral verification']);
  });

  it('is nobody but the verification when the ranges are none', () => {
    expect(clientsOf(synthesise({ network: { allowedCidrs: [] } }))).toEqual(['Pixtral verification']);
  });

  it('is never everybody', () => {
    for (const template of [isolated, nat, existing]) {
      for (const { direction, peer } of listSecurityRules(template))
        expect(direction === 'in' && peer === '0.0.0.0/0').toBe(false);
      template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    }
  });
});
