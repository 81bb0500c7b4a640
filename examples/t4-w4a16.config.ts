import { defineConfig } from '@pixtral-fleet/infra/config';

// For the cheapest GPU that holds it: a T4 with 16 GB, weights in 4 bits: $0.752 an hour, $690 a month in all.
// A T4 is slow (about half the memory bandwidth of an A10G) and has neither bf16 nor FP8: vLLM gets `--dtype half` by itself.
// Not for deadlines: pictures are slow to be read. w8a8 does not fit, for 13.5 GiB of weights leave no room for a context.
export default defineConfig({
  instanceTypes: ['g4dn.2xlarge'],
  checkpoint: 'w4a16',
  // 8.5 GiB of weights leave room for 30,000 tokens of 160 KiB.
  maxModelLen: 17_408,
  maxImages: 4,
  capacity: { min: 1, desired: 1, max: 4 },
});
