import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bootstrap, createSecretStack, settings } from './account.ts';
import { type DoctorCloud, startDoctorCloud } from './doctor-cloud.ts';
import { check } from './doctor-report.ts';
import { type Hub, startHub } from './hub.ts';
import { runDoctor } from './run-doctor.ts';

// Each question is a process of its own that asks a dozen things.
vi.setConfig({ testTimeout: 90_000 });

const TOKEN = `hf_${'a1B2'.repeat(9)}`;
const GATED = { instanceTypes: ['g6e.2xlarge'], checkpoint: 'bf16' };

let cloud: DoctorCloud;
let hub: Hub;

beforeAll(async () => {
  [cloud, hub] = await Promise.all([
    startDoctorCloud(),
    startHub({ open: /^\/RedHatAI\//, token: TOKEN, revision: 'main' }),
  ]);
  await bootstrap(cloud.endpointUrl, '21');
}, 120_000);
afterAll(() => Promise.all([cloud.close(), hub.close()]));

describe('pixtral doctor at the hub', () => {
  it('asks with the token of the secret only what is gated', async () => {
    const without = await doctor(GATED, { json: true });
    expect(check(without.stdout, 'hub')).toMatchObject({
      verdict: 'fail',
      found:
        'mistralai/Pixtral-12B-2409 is gated, and there is no stack PixtralFleet yet whose secret could hold a token',
      remedy: expect.stringContaining(
        'aws secretsmanager create-secret --region us-east-1 --name PixtralHuggingFaceToken --secret-string file:///dev/stdin --query ARN --output text; then set files.huggingFaceTokenSecretArn',
      ),
    });
    await createSecretStack(cloud.endpointUrl, 'Placeholder', 'changeme');
    const placeholder = await doctor({ ...GATED, stackName: 'Placeholder' }, { json: true });
    expect(check(placeholder.stdout, 'hub').found).toContain("the stack's secret holds a placeholder");
    await createSecretStack(cloud.endpointUrl, 'Ready', TOKEN);
    const ready = await doctor({ ...GATED, stackName: 'Ready' }, { json: true });
    expect(check(ready.stdout, 'hub')).toMatchObject({ verdict: 'ok' });
    for (const { stdout, stderr } of [without, placeholder, ready]) {
      expect(stdout + stderr).not.toContain(TOKEN);
    }
    expect(hub.asked.at(-1)).toMatchObject({ authorization: `Bearer ${TOKEN}` });
  });

  it('asks with the token of a secret of one’s own before there is a stack', async () => {
    const client = new SecretsManagerClient(settings(cloud.endpointUrl));
    const { ARN: own = '' } = await client.send(
      new CreateSecretCommand({ Name: 'own-token', SecretString: 'not yet' }),
    );
    const look = async (config: object, huggingFaceTokenSecretArn: string) => {
      const { stdout } = await doctor({ ...config, files: { huggingFaceTokenSecretArn } }, { json: true });
      expect(stdout).not.toContain(TOKEN);
      return check(stdout, 'hub');
    };
    expect(await look(GATED, own)).toMatchObject({
      verdict: 'fail',
      found: `mistralai/Pixtral-12B-2409 is gated, and the secret of files.huggingFaceTokenSecretArn holds no token: ${own}`,
      remedy: expect.stringMatching(/, then pixtral secret set-hf-token$/),
    });
    await client.send(new PutSecretValueCommand({ SecretId: own, SecretString: `${TOKEN}\n` }));
    client.destroy();
    expect(await look(GATED, own)).toMatchObject({ verdict: 'ok' });
    // The build would read it for open weights, too, and fail.
    expect(await look({}, own.replace('own-token', 'no-token'))).toMatchObject({
      verdict: 'fail',
      found: expect.stringContaining('does not exist or is empty'),
      remedy: expect.stringContaining('aws secretsmanager create-secret'),
    });
  });

  it('fails for a revision that does not exist', async () => {
    const { code, stdout } = await doctor({ revision: 'v9' }, { json: true });
    expect(code).toBe(1);
    expect(check(stdout, 'hub').found).toBe('RedHatAI/pixtral-12b-quantized.w8a8 has no revision v9');
  });
});

function doctor(config: object, options: { readonly json?: boolean } = {}) {
  return runDoctor(config, { endpointUrl: cloud.endpointUrl, hubUrl: hub.url }, options);
}
