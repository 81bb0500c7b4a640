import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppProps, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type PixtralConfig, resolveConfig } from '../src/config/index.ts';
import { createApp } from '../src/create-app.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from '../src/offline-context.ts';

/** A stack as its template, and the warnings that synth would print. */
export interface Synthesised {
  readonly template: Template;
  readonly warnings: readonly string[];
}

/** Assets are hashed, but not copied: 60 MB of Node for every template would be the most of the work. */
const CHECK_ONLY = { 'aws:cdk:disable-asset-staging': true };

/** The template of a config, made without credentials. @param context see `rehearsal-context.ts` */
export function synthesise(
  config: PixtralConfig = {},
  context: Readonly<Record<string, unknown>> = {},
): Template {
  return synthesiseWithWarnings(config, context).template;
}

export function synthesiseWithWarnings(
  config: PixtralConfig,
  context: Readonly<Record<string, unknown>> = {},
): Synthesised {
  const resolved = resolveConfig(config);
  return synthesiseApp((props) => createApp(resolved, { account: PLACEHOLDER_ACCOUNT, props }).stack, {
    ...offlineContext(resolved),
    ...context,
  });
}

/** Synthesises one stack of any app. */
export function synthesiseApp(
  createStack: (props: AppProps) => Stack,
  context: Readonly<Record<string, unknown>>,
): Synthesised {
  return withOutputFolder((outdir) => {
    const stack = createStack({
      outdir,
      context: { ...CHECK_ONLY, ...context },
      analyticsReporting: false,
    });
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
    return {
      template: Template.fromStack(stack),
      warnings: warnings.map(({ entry }) => String(entry.data)),
    };
  });
}

/** A folder for an assembly, gone afterwards. */
export function withOutputFolder<T>(use: (outdir: string) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    return use(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
