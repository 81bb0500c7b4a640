import { defineConfig } from '@pixtral-fleet/infra/config';

// For an account whose network is given by others: a VPC that exists, with subnets that were assigned.
// Costs as the default, less the endpoints that are there already: about $1,830 a month at two instances. The ids are to be replaced; synth looks the VPC up
// once and keeps what it found in cdk.context.json.
export default defineConfig({
  network: {
    mode: 'existing',
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    // Endpoints that the VPC has already must not be made again: `pixtral doctor` tells which are missing.
    createEndpoints: false,
    allowedCidrs: ['10.0.0.0/8'],
  },
});
