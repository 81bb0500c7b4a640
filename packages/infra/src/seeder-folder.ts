import { join } from 'node:path';
import { bundleSeeder } from './bundle/bundle-seeder.ts';
import { INFRA_FOLDER } from './cdk-command.ts';
import { ConfigError, loadConfig } from './config/index.ts';
import { planFiles } from './files-plan.ts';
import { loadModelLock } from './lock/index.ts';

// `npm run seeder -w packages/infra`: the folder that the build of a deployment would get, for filling a bucket by hand.
try {
  const config = await loadConfig(
    process.env.PIXTRAL_CONFIG ?? join(INFRA_FOLDER, '..', '..', 'pixtral.config.ts'),
  );
  console.log(bundleSeeder(planFiles(config, loadModelLock())));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
}
