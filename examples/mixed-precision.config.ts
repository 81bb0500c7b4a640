import { defineConfig } from '@pixtral-fleet/infra/config';

// For the most capacity in a region: each GPU with the 8-bit weights that it computes natively, INT8 on the A10G (Ampere),
// FP8 on L4 and L40S (Ada). Costs about $1,920 a month at two A10G; an L4 is cheaper by a fifth, an L40S dearer by 85 percent.
// Both precisions are fetched into the bucket: 29 GB instead of 14.5. Answers may differ in wording between the two.
export default defineConfig({
  checkpoint: 'w8a8',
  instanceTypes: [
    'g5.2xlarge',
    { type: 'g6.2xlarge', checkpoint: 'fp8' },
    { type: 'g6e.2xlarge', checkpoint: 'fp8' },
    'g5.4xlarge',
  ],
  capacity: { min: 2, desired: 2, max: 6 },
});
