import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStackCommand, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import type { PixtralConfig } from '@pixtral-fleet/infra/config';
import { vi } from 'vitest';
import { RehearsalCdk } from '../../src/cloud/cdk.ts';
import { FleetStack } from './fleet-stack.ts';
import type { TestCloud } from './test-cloud.ts';

/**
 * The template that `cdk deploy` would send for a config, look-ups made in the test's emulator: only the resources
 * whose logical ids begin with one of `prefixes`.
 */
export async function infraTemplate(
  cloud: TestCloud,
  config: PixtralConfig,
  prefixes: readonly string[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'infra-'));
  try {
    const file = join(folder, 'pixtral.config.ts');
    await writeFile(file, `export default ${JSON.stringify(config)};\n`);
    vi.stubEnv('PIXTRAL_CONFIG', file);
    const cdk = await RehearsalCdk.create({
      folder,
      logs: folder,
      endpointUrl: cloud.emulator.endpointUrl,
      region: 'us-east-1',
      // Hashed, but not copied: nothing is uploaded.
      context: { 'aws:cdk:disable-asset-staging': true },
      signal: new AbortController().signal,
    });
    await cdk.synth();
    return selectResources(await readTemplate(join(folder, 'cdk.out')), prefixes);
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
}

/** Creates a stack of any template; the result deletes it again. */
export async function createStack(
  cloud: TestCloud,
  name: string,
  template: string,
): Promise<() => Promise<void>> {
  const stack = new FleetStack(cloud, name);
  await cloud.cloudFormation.send(
    new CreateStackCommand({ StackName: name, TemplateBody: template, Capabilities: ['CAPABILITY_IAM'] }),
  );
  await stack.settled('CREATE_COMPLETE');
  return async () => {
    await cloud.cloudFormation.send(new DeleteStackCommand({ StackName: name }));
    await stack.settled('gone');
  };
}

interface Template {
  readonly Resources: Readonly<Record<string, object>>;
}

async function readTemplate(assembly: string): Promise<Template> {
  const name = (await readdir(assembly)).find((file) => file.endsWith('.template.json'));
  return JSON.parse(await readFile(join(assembly, name ?? ''), 'utf8'));
}

function selectResources(template: Template, prefixes: readonly string[]): string {
  // Without its parameters: the one that it has asks for a bootstrapped account.
  const selected = Object.entries(template.Resources).filter(([id]) =>
    prefixes.some((prefix) => id.startsWith(prefix)),
  );
  return JSON.stringify({ Resources: Object.fromEntries(selected) });
}
