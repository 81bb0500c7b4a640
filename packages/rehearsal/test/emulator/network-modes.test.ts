import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStack, infraTemplate } from './infra-template.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

const NETWORK = ['PixtralNetwork'];

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
}, 120_000);
afterAll(() => cloud?.close());

describe('the network of the real template', { timeout: 120_000 }, () => {
  it('with a NAT gateway sends private subnets through it, and is gone when the stack is', async () => {
    const template = await infraTemplate(cloud, { network: { mode: 'nat', cidr: '10.9.0.0/20' } }, NETWORK);
    const remove = await createStack(cloud, 'nat', template);
    const vpcId = await findVpc('10.9.0.0/20');
    const [gateway] = await natGateways(vpcId);
    const tables = await routeTables(vpcId);
    expect(defaultRoutes(tables)).toEqual([
      gateway?.NatGatewayId,
      gateway?.NatGatewayId,
      'internet gateway',
      'internet gateway',
    ]);
    const { Addresses: addresses = [] } = await cloud.ec2.send(new DescribeAddressesCommand({}));
    expect(addresses.map(({ AllocationId }) => AllocationId)).toHaveLength(1);
    await remove();
    expect((await natGateways(vpcId)).map(({ State }) => State)).toEqual(['deleted']);
    const { Addresses: left = [] } = await cloud.ec2.send(new DescribeAddressesCommand({}));
    expect(left).toEqual([]);
  });

  it('without one has no route out, and endpoints in the subnets', async () => {
    const template = await infraTemplate(cloud, { network: { cidr: '10.10.0.0/20' } }, NETWORK);
    const remove = await createStack(cloud, 'isolated', template);
    const vpcId = await findVpc('10.10.0.0/20');
    expect(defaultRoutes(await routeTables(vpcId))).toEqual([]);
    expect(await endpointServices(vpcId)).toEqual([
      'autoscaling',
      'logs',
      'monitoring',
      's3',
      'secretsmanager',
      'ssm',
      'ssmmessages',
    ]);
    await remove();
    expect(await endpointServices(vpcId)).toEqual([]);
  });

  it('in a VPC that was there before makes groups and endpoints, and leaves the VPC', async () => {
    const { Vpc: vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: '10.11.0.0/16' }));
    const vpcId = vpc?.VpcId ?? '';
    const subnets = await Promise.all(
      ['a', 'b'].map(async (letter, index) => {
        const { Subnet: subnet } = await cloud.ec2.send(
          new CreateSubnetCommand({
            VpcId: vpcId,
            CidrBlock: `10.11.${index}.0/24`,
            AvailabilityZone: `us-east-1${letter}`,
          }),
        );
        return subnet?.SubnetId ?? '';
      }),
    );
    const template = await infraTemplate(
      cloud,
      { network: { mode: 'existing', vpcId, subnetIds: subnets, createEndpoints: true } },
      NETWORK,
    );
    const remove = await createStack(cloud, 'existing', template);
    const { SecurityGroups: groups = [] } = await cloud.ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    );
    expect(groups.map(({ Description }) => Description)).toEqual(
      expect.arrayContaining(['Pixtral load balancer', 'Pixtral instances', 'Pixtral verification']),
    );
    expect(await endpointServices(vpcId)).toContain('secretsmanager');
    await remove();
    expect(await endpointServices(vpcId)).toEqual([]);
    const { Subnets: left = [] } = await cloud.ec2.send(new DescribeSubnetsCommand({ SubnetIds: subnets }));
    expect(left).toHaveLength(2);
  });
});

async function findVpc(cidr: string): Promise<string> {
  const { Vpcs: vpcs = [] } = await cloud.ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'cidr', Values: [cidr] }] }),
  );
  expect(vpcs).toHaveLength(1);
  return vpcs[0]?.VpcId ?? '';
}

async function natGateways(vpcId: string) {
  const { NatGateways: gateways = [] } = await cloud.ec2.send(new DescribeNatGatewaysCommand({}));
  return gateways.filter((gateway) => gateway.VpcId === vpcId);
}

async function routeTables(vpcId: string): Promise<readonly RouteTable[]> {
  const { RouteTables: tables = [] } = await cloud.ec2.send(new DescribeRouteTablesCommand({}));
  return tables.filter((table) => table.VpcId === vpcId);
}

/** Where packets for the internet go, table by table: those with a NAT gateway first. */
function defaultRoutes(tables: readonly RouteTable[]): readonly (string | undefined)[] {
  return tables
    .flatMap(({ Routes: routes = [] }) => routes)
    .filter(({ DestinationCidrBlock: destination }) => destination === '0.0.0.0/0')
    .map(
      ({ NatGatewayId, GatewayId }) =>
        NatGatewayId ?? (GatewayId?.startsWith('igw-') ? 'internet gateway' : GatewayId),
    )
    .toSorted((a = '', b = '') => (a === 'internet gateway' ? 1 : 0) - (b === 'internet gateway' ? 1 : 0));
}

async function endpointServices(vpcId: string): Promise<readonly string[]> {
  const { VpcEndpoints: endpoints = [] } = await cloud.ec2.send(
    new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
  );
  return endpoints
    .filter(({ State: state }) => state?.toLowerCase() !== 'deleted')
    .map(({ ServiceName: name = '' }) => name.split('.').at(-1) ?? '')
    .toSorted();
}
