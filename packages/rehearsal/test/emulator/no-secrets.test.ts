import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { GetSecretValueCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSecrets, findSecretsInFolder } from './find-secrets.ts';
import { createStack, synthesiseInfra } from './infra-template.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

/** Of the form of a Hugging Face token; nobody's. */
const TOKEN = `hf_${'aB3'.repeat(12)}`;

/** Without the Lambda that empties the bucket, which is not uploaded here. */
const KEPT = { removal: 'retain' } as const;

/** All that the launch template refers to. */
const INSTANCE = ['PixtralNetwork', 'PixtralSecrets', 'PixtralFiles', 'PixtralAgentLogs', 'PixtralInstance'];

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
}, 120_000);
afterAll(() => cloud?.close());

describe('secrets', { timeout: 180_000 }, () => {
  it('are in no file that synth writes: templates, manifests, Lambdas, agent', async () => {
    await using assembly = await synthesiseInfra(cloud, {}, { stageAssets: true });
    const { files, findings } = await findSecretsInFolder(assembly.folder);
    expect(findings).toEqual([]);
    for (const file of ['manifest.json', '.template.json', 'index.js', 'agent.mjs', 'bin/node'])
      expect(
        files.some((name) => name.endsWith(file)),
        file,
      ).toBe(true);
    // The same look finds one that is there.
    await writeFile(join(assembly.folder, 'planted.json'), JSON.stringify({ token: TOKEN }));
    const planted = await findSecretsInFolder(assembly.folder);
    expect(planted.findings).toEqual(['planted.json: Hugging Face token']);
  });

  it('are not in the user data that instances get, nor in the template that was sent', async () => {
    await using assembly = await synthesiseInfra(cloud, KEPT);
    const template = await assembly.template(INSTANCE);
    const remove = await createStack(cloud, 'clean', template);
    const userData = await storedUserData();
    const values = await secretValues();
    expect(values).toHaveLength(2);
    expect(userData).toContain('pixtral_config=');
    expect(findSecrets(userData, values)).toEqual([]);
    expect(findSecrets(template, values)).toEqual([]);
    await remove();
  });

  it('would be found: one in the config is in the user data', async () => {
    await using assembly = await synthesiseInfra(cloud, { ...KEPT, servedModelName: TOKEN });
    const template = await assembly.template(INSTANCE);
    const remove = await createStack(cloud, 'planted', template);
    expect(findSecrets(await storedUserData())).toEqual(['Hugging Face token']);
    expect(findSecrets(template)).toEqual(['Hugging Face token']);
    await remove();
  });
});

/** User data as EC2 would hand it to an instance. */
async function storedUserData(): Promise<string> {
  const { LaunchTemplates: templates = [] } = await cloud.ec2.send(new DescribeLaunchTemplatesCommand({}));
  expect(templates).toHaveLength(1);
  const { LaunchTemplateVersions: versions = [] } = await cloud.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: templates[0]?.LaunchTemplateId,
      Versions: ['$Latest'],
    }),
  );
  return Buffer.from(versions[0]?.LaunchTemplateData?.UserData ?? '', 'base64').toString();
}

async function secretValues(): Promise<readonly string[]> {
  const { SecretList: secrets = [] } = await cloud.secretsManager.send(new ListSecretsCommand({}));
  return Promise.all(
    secrets.map(async ({ ARN }) => {
      const { SecretString: value = '' } = await cloud.secretsManager.send(
        new GetSecretValueCommand({ SecretId: ARN }),
      );
      return value;
    }),
  );
}
