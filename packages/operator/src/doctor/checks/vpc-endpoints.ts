import { DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { ENDPOINT_SERVICES } from '@pixtral-fleet/infra/billed-resources';
import type { DoctorCheck } from '../doctor-check.ts';
import { fail, ok, skipped, warn } from '../finding.ts';

export const vpcEndpoints: DoctorCheck = {
  id: 'vpc-endpoints',
  needs: 'aws',
  actions: ['ec2:DescribeVpcEndpoints'],
  run: async ({ config, clients, signal }) => {
    const { network } = config;
    if (network.mode !== 'existing') return skipped('not needed: the fleet has a VPC of its own');
    if (!network.vpcId) return skipped('not possible: the config names no VPC');
    const { VpcEndpoints: endpoints = [] } = await clients.ec2.send(
      new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [network.vpcId] }] }),
      { abortSignal: signal },
    );
    const there = endpoints
      .filter(({ VpcId, State }) => VpcId === network.vpcId && !/delet/i.test(String(State)))
      .map(({ ServiceName = '', PrivateDnsEnabled = false }) => ({
        service: ServiceName.replace(`com.amazonaws.${config.region}.`, ''),
        privateDns: PrivateDnsEnabled,
      }));
    const conflicts = ENDPOINT_SERVICES.filter((service) =>
      there.some((endpoint) => endpoint.service === service && endpoint.privateDns),
    );
    if (network.createEndpoints && conflicts.length > 0) {
      return fail(
        `${network.vpcId} has endpoints with private DNS for ${conflicts.join(', ')}; a second one is refused`,
        'network.createEndpoints: false; and let the fleet through to those',
      );
    }
    const wanted = [...ENDPOINT_SERVICES, 's3'];
    const missing = wanted.filter((service) => !there.some((endpoint) => endpoint.service === service));
    if (!network.createEndpoints && missing.length > 0) {
      return warn(
        `${network.vpcId} has no endpoint for ${missing.join(', ')}`,
        'network.createEndpoints: true, unless its subnets have another way to AWS, such as a NAT gateway',
      );
    }
    return ok(
      network.createEndpoints
        ? `nothing in ${network.vpcId} is in the way of the fleet's endpoints`
        : `${network.vpcId} has an endpoint for each of ${wanted.join(', ')}`,
    );
  },
};
