import { resolveConfig } from '../src/config/index.ts';
import { createApp } from '../src/create-app.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from '../src/offline-context.ts';

// The app of src/app.ts with the default config, its look-ups answered by placeholders.
const config = resolveConfig({});
createApp(config, {
  account: PLACEHOLDER_ACCOUNT,
  props: { context: offlineContext(config) },
}).app.synth();
