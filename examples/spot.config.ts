import { defineConfig } from '@pixtral-fleet/infra/config';

// For work that can wait, such as a backlog of documents: one instance on demand, all others from Spot.
// The one on demand costs $1,060 a month with endpoints and load balancer; each other one less than $898, by how much
// depends on zone and hour. Two quotas are needed, and
// they are separate: 8 vCPUs "Running On-Demand G and VT instances", 72 vCPUs "All G and VT Spot Instance Requests".
// AWS takes Spot instances back with two minutes' notice: the agent stops admitting at the notice and lets answers end.
export default defineConfig({
  // The more types, the more often one of them is to be had.
  instanceTypes: ['g5.2xlarge', 'g6.2xlarge', 'g5.4xlarge', 'g6e.2xlarge', 'g5.8xlarge'],
  network: { maxAzs: 3 },
  capacity: {
    min: 1,
    desired: 2,
    max: 10,
    spot: { onDemandBase: 1, sharePercent: 100 },
  },
  // Shorter than the notice, so that no answer is cut by it.
  drainTimeoutSeconds: 90,
});
