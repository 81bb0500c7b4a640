import type { ConfigCheck } from './index.ts';

/** A VPC to be in, in the region, and a name inside its zone. */
export const checkNetwork: ConfigCheck = (config, { vpcGiven }) => {
  const { network, region } = config;
  const { domain } = network;
  const problems: string[] = [];
  if (network.mode === 'existing' && network.vpcId === undefined && !vpcGiven) {
    problems.push(
      "network.vpcId is missing: mode 'existing' needs the id of the VPC, such as vpc-0123456789abcdef0",
    );
  }
  if (network.mode === 'existing' && network.vpcId !== undefined && vpcGiven) {
    problems.push(`network.vpcId names ${network.vpcId}, but a VPC was passed as \`vpc\`: leave one out`);
  }
  if (network.mode !== 'existing' && vpcGiven) {
    problems.push(
      `network.mode is '${network.mode}', but a VPC was passed as \`vpc\`: say 'existing', or leave the mode out`,
    );
  }
  if (network.mode !== 'existing') {
    for (const zone of network.availabilityZones ?? []) {
      if (zone.slice(0, -1) !== region)
        problems.push(`network.availabilityZones: ${zone} is not in region ${region}`);
    }
  }
  const certificateRegion = network.certificateArn?.split(':')[3];
  if (certificateRegion !== undefined && certificateRegion !== region) {
    problems.push(
      `network.certificateArn is a certificate of ${certificateRegion}; the load balancer is in ${region} and takes only certificates from there`,
    );
  }
  if (domain?.zoneId !== undefined && domain.zoneName === undefined) {
    problems.push(`network.domain.zoneId is ${domain.zoneId}, but zoneName is missing: name the zone too`);
  }
  if (domain?.zoneName !== undefined && !domain.name.endsWith(`.${domain.zoneName}`)) {
    problems.push(
      `network.domain.name ${domain.name} is not inside the zone ${domain.zoneName}: expected a name that ends in .${domain.zoneName}`,
    );
  }
  return problems;
};
