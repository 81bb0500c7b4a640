import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { INFRA_FOLDER } from './cdk-command.ts';
import { ConfigError, loadConfig } from './config/index.ts';
import { createApp } from './create-app.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from './offline-context.ts';

// `npm run synth`: the repository's own config without an account, with cdk-nag's rules as errors.
try {
  const config = await loadConfig(join(INFRA_FOLDER, '..', '..', 'pixtral.config.ts'));
  const { app, stack } = createApp(config, {
    account: PLACEHOLDER_ACCOUNT,
    props: { context: offlineContext(config.region), outdir: join(INFRA_FOLDER, 'cdk.out') },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const template: { readonly Resources: Record<string, { readonly Type: string }> } = app
    .synth()
    .getStackByName(stack.stackName).template;
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  for (const type of [...new Set(types)].toSorted()) {
    console.log(`${String(types.filter((other) => other === type).length).padStart(3)} ${type}`);
  }
  console.log(`${String(types.length).padStart(3)} resources`);
} catch (error) {
  console.error(error instanceof ConfigError ? `Error: ${error.message}` : error);
  process.exitCode = 1;
}
