import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { INFRA_FOLDER } from './cdk-command.ts';
import { ConfigError } from './config/index.ts';
import { listSynthTargets, type SynthTarget } from './synth/synth-targets.ts';

// `npm run synth`: the repository's own config and every example without an account, with cdk-nag's rules as errors.
/** Of its own: `cdk.out` is what a person synthesised to deploy. */
const OUTPUT = join(INFRA_FOLDER, '.synth');

/** Assets are hashed, but not copied: 60 MB of Node for every template would be the most of the work. */
const CHECK_ONLY = { 'aws:cdk:disable-asset-staging': true };

rmSync(OUTPUT, { recursive: true, force: true });
for (const target of listSynthTargets()) {
  const began = performance.now();
  try {
    const resources = await synthesise(target);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    console.log(`${target.name.padEnd(24)}${String(resources).padStart(4)} resources  ${seconds} s`);
  } catch (error) {
    console.error(`${target.name}: ${error instanceof ConfigError ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

/** Resolves to the number of resources. @throws Error when a rule finds something, having printed what */
async function synthesise({ name, createApp }: SynthTarget): Promise<number> {
  const app = await createApp({ outdir: join(OUTPUT, name), context: CHECK_ONLY, analyticsReporting: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const templates: { readonly Resources: object }[] = app.synth().stacks.map(({ template }) => template);
  return templates.reduce((total, { Resources }) => total + Object.keys(Resources).length, 0);
}
