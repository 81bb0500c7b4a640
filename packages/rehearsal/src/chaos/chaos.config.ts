import { defineConfig } from '@pixtral-fleet/infra/config';

/** The config of chaos runs: what is silent or hangs is given up sooner than by default (300 s, 60 s), or a run would take a day. */
export default defineConfig({
  region: 'us-east-1',
  capacity: { min: 1, desired: 2, max: 8 },
  hangTimeoutSeconds: 20,
  network: { idleTimeoutSeconds: 12 },
});
