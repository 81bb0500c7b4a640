import { defineConfig } from 'vitest/config';

/** `npm run smoke`: the checks against a running fleet, as a test suite. */
export default defineConfig({
  test: {
    include: ['smoke/**/*.smoke.ts'],
    // Every check has its own, shorter deadline; this one is for all of them together.
    hookTimeout: 15 * 60_000,
    reporters: ['default', ['junit', { outputFile: '.vitest/smoke.xml' }]],
  },
});
