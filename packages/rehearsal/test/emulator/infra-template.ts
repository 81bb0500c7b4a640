import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStackCommand, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import type { PixtralConfig } from '@pixtral-fleet/infra/config';
import { vi } from 'vitest';
import { RehearsalCdk } from '../../src/cloud/cdk.ts';
import { FleetStack } from './fleet-stack.ts';
import type { TestCloud } from './test-cloud.ts';

/** What `cdk synth` wrote, in a folder of its own that disposing removes. */
export interface Assembly extends AsyncDisposable {
  readonly folder: string;
  /** The resources whose logical ids begin with one of `prefixes`, as a template. */
  template(prefixes: readonly string[]): Promise<string>;
}

/**
 * Synthesises a config as `cdk deploy` would, look-ups made in the test's emulator.
 * @param stageAssets whether assets are copied beside the template
 */
export async function synthesiseInfra(
  cloud: TestCloud,
  config: PixtralConfig,
  { stageAssets = false } = {},
): Promise<Assembly> {
  const folder = await mkdtemp(join(tmpdir(), 'infra-'));
  const assembly = join(folder, 'cdk.out');
  const dispose = () => rm(folder, { recursive: true });
  try {
    const file = join(folder, 'pixtral.config.ts');
    await writeFile(file, `export default ${JSON.stringify(config)};\n`);
    vi.stubEnv('PIXTRAL_CONFIG', file);
    const cdk = await RehearsalCdk.create({
      folder,
      logs: folder,
      endpointUrl: cloud.emulator.endpointUrl,
      region: 'us-east-1',
      context: { 'aws:cdk:disable-asset-staging': !stageAssets },
      signal: new AbortController().signal,
    });
    await cdk.synth();
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    vi.unstubAllEnvs();
  }
  return {
    folder: assembly,
    template: async (prefixes) => selectResources(await readTemplate(assembly), prefixes),
    [Symbol.asyncDispose]: dispose,
  };
}

/** As `synthesiseInfra`, and only a part of the template. */
export async function infraTemplate(
  cloud: TestCloud,
  config: PixtralConfig,
  prefixes: readonly string[],
): Promise<string> {
  await using assembly = await synthesiseInfra(cloud, config);
  return assembly.template(prefixes);
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
