import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { type PixtralConfig, resolveConfig } from '../../src/config/index.ts';
import { createApp } from '../../src/create-app.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from '../../src/offline-context.ts';

/** The template of a fleet with these options and the defaults of the others; assets are not copied. */
export function fleetTemplate(options: Partial<PixtralConfig>): Template {
  const config = resolveConfig(options);
  const outdir = mkdtempSync(join(tmpdir(), 'operations-'));
  try {
    const { stack } = createApp(config, {
      account: PLACEHOLDER_ACCOUNT,
      props: {
        context: { ...offlineContext(config), 'aws:cdk:disable-asset-staging': true },
        outdir,
      },
    });
    return Template.fromStack(stack);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
