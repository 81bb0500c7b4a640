import { defineConfig } from '@pixtral-fleet/infra/config';

// For production: three availability zones, HTTPS under a name of your own, no way to the internet, and people who are
// told when something is wrong. Account numbers and names are to be replaced.
// Costs about $2,860 a month at three g5.2xlarge, up to $7,350 at eight (prices of us-east-1). Needs a quota of 72 vCPUs:
// eight instances, and one more while an update replaces them one by one.
export default defineConfig({
  region: 'eu-central-1',
  stackName: 'PixtralProduction',
  network: {
    mode: 'isolated',
    cidr: '10.80.0.0/20',
    maxAzs: 3,
    // The networks of those who ask, by peering or transit gateway; the VPC's own range must be named as well.
    allowedCidrs: ['10.80.0.0/20', '10.16.0.0/12'],
    certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
    domain: { name: 'pixtral.internal.example.com', zoneName: 'internal.example.com' },
  },
  capacity: { min: 3, desired: 3, max: 8, bakeMinutes: 15 },
  operations: {
    alarmEmail: 'platform-on-call@example.com',
    monthlyBudgetUsd: 4_000,
    canaryMinutes: 5,
    logRetentionDays: 365,
    tags: { team: 'document-platform', 'cost-centre': '4711' },
  },
  // Weights, keys and logs stay when the stack is deleted.
  removal: 'retain',
});
