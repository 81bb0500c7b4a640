import { defineConfig } from '@pixtral-fleet/infra/config';

// For the original weights as Mistral published them, without quantisation: bf16 on an L40S with 48 GB, $2.242 an hour,
// $1,770 a month in all.
// 23.6 GiB of weights leave room for 105,000 tokens of context, so that requests may be long.
export default defineConfig({
  instanceTypes: ['g6e.2xlarge'],
  checkpoint: 'bf16',
  maxModelLen: 65_536,
  maxImages: 12,
  capacity: { min: 1, desired: 1, max: 3 },
});
