import { dirname, join } from 'node:path';
import { INFRA_FOLDER } from './cdk-command.ts';
import { ConfigError, loadConfig } from './config/index.ts';
import { createApp } from './create-app.ts';

const repository = dirname(dirname(INFRA_FOLDER));
try {
  const config = await loadConfig(process.env.PIXTRAL_CONFIG ?? join(repository, 'pixtral.config.ts'));
  createApp(config, { account: process.env.CDK_DEFAULT_ACCOUNT }).app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
}
