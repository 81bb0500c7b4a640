import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { type PixtralConfig, resolveConfig } from '../src/config/index.ts';
import { createApp } from '../src/create-app.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from '../src/offline-context.ts';

/** The template of a config, made without credentials. */
export function synthesise(
  config: PixtralConfig = {},
  context: Readonly<Record<string, unknown>> = {},
): Template {
  const resolved = resolveConfig(config);
  const { stack } = createApp(resolved, {
    account: PLACEHOLDER_ACCOUNT,
    props: {
      context: { ...offlineContext(resolved), ...context },
      outdir: mkdtempSync(join(tmpdir(), 'synth-')),
    },
  });
  return Template.fromStack(stack);
}
