import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRuntimeRecipe, type SeedPlan } from '@pixtral-fleet/agent';
import { INFRA_FOLDER } from '../cdk-command.ts';
import { BUNDLE_BANNER } from './bundle-agent.ts';
import { bundleFile } from './bundle-file.ts';
import { placeFolder } from './place-folder.ts';

/**
 * Folder with all that a build needs to fill the bucket: the seeder as one file, its plan, the runtime's lock file, the
 * build's own scripts. What the bucket is to hold, and nothing else, makes its content.
 */
export function bundleSeeder(plan: SeedPlan): string {
  const agent = dirname(fileURLToPath(import.meta.resolve('@pixtral-fleet/agent')));
  const asset = (name: string) => readFileSync(join(INFRA_FOLDER, 'assets', 'seeder', name));
  return placeFolder('seeder', {
    'buildspec.yml': asset('buildspec.yml'),
    'install.sh': asset('install.sh'),
    'plan.json': `${JSON.stringify(plan, null, 2)}\n`,
    [plan.runtime.lockFile]: readFileSync(findRuntimeRecipe(plan.runtime.kind).lockFile),
    'seeder.mjs': bundleFile({
      entry: join(agent, 'seeder', 'main.ts'),
      format: 'esm',
      banner: BUNDLE_BANNER,
    }),
  });
}
