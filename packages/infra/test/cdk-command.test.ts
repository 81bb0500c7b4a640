import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CDK_APP, cdkCommand } from '../src/cdk-command.ts';
import { runNode } from './run-node.ts';

it('starts the app from any folder, given to the CDK command line as an argument', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pixtral cdk '));
  const config = join(folder, 'wrong.config.ts');
  await writeFile(config, "export default { region: 'Atlantis' };");
  const { args } = cdkCommand(['list', '--app', CDK_APP, '--no-notices', '--no-version-reporting']);
  // What the app itself refuses, it has been started for; it looks nothing up before.
  await expect(runNode(args, { cwd: folder, env: { PIXTRAL_CONFIG: config } })).rejects.toThrow(
    'region: must be a region such as us-east-1',
  );
  await rm(folder, { recursive: true });
});
