import { defineConfig } from '@pixtral-fleet/infra/config';

// For trying it out: one instance that nothing scales, in a VPC without the internet.
// Costs about $1.40 an hour, $1,020 a month: $1.21 for the g5.2xlarge, the rest for its disk, VPC endpoints and load
// balancer. Destroy it when done.
// Needs a quota of 8 vCPUs "Running On-Demand G and VT instances", and never more.
export default defineConfig({
  capacity: {
    min: 1,
    desired: 1,
    max: 1,
    // Replacing the one instance would otherwise need a second one beside it: 16 vCPUs.
    updateStrategy: 'terminate-first',
  },
  scaling: { enabled: false },
  operations: { logRetentionDays: 7 },
});
