import { defineConfig } from '@pixtral-fleet/infra/config';

// For trying it out: one instance that nothing scales, in a VPC without the internet.
// Costs about $1.21 an hour for the g5.2xlarge, and $0.11 for VPC endpoints and load balancer: destroy it when done.
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
