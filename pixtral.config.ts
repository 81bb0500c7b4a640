import { defineConfig } from '@pixtral-fleet/infra/config';

// Every option, with unit and default: packages/infra/src/config/pixtral-config.ts
export default defineConfig({
  region: 'us-east-1',
  capacity: { min: 1, desired: 2, max: 4 },

  // Cheaper, for trying it out: one instance, $1.212 an hour.
  // capacity: { min: 1, desired: 1, max: 1 },

  // 16 GB GPUs and long contexts: 4-bit weights.
  // checkpoint: 'w4a16',
});
