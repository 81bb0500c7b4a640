import { defineConfig } from '@pixtral-fleet/infra/config';

// For the cheapest GPU that holds it: a T4 with 16 GB, weights in 4 bits, $0.752 an hour.
// A T4 is slow (about half the memory bandwidth of an A10G), has no bf16 and no FP8: hence 16-bit floats by `--dtype`.
// Not for deadlines: pictures are slow to be read. w8a8 does not fit, for 13.5 GiB of weights leave no room for a context.
export default defineConfig({
  instanceTypes: [{ type: 'g4dn.2xlarge', engineArgs: ['--dtype', 'half'] }],
  checkpoint: 'w4a16',
  // 8.5 GiB of weights leave room for 30,000 tokens of 160 KiB.
  maxModelLen: 16_384,
  maxImages: 3,
  capacity: { min: 1, desired: 1, max: 4 },
});
