import { defineConfig } from '@pixtral-fleet/infra/config';

/** The config of chaos runs: its balancer gives up silent connections sooner than 300 s, or a run would take a day. */
export default defineConfig({
  region: 'us-east-1',
  capacity: { min: 1, desired: 2, max: 8 },
  network: { idleTimeoutSeconds: 12 },
});
