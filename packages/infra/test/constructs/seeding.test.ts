import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleSeeder } from '../../src/bundle/bundle-seeder.ts';
import { resolveConfig } from '../../src/config/index.ts';
import { chooseRevision, planFiles } from '../../src/files-plan.ts';
import { formatModelLock, type ModelLock, readModelLock } from '../../src/lock/index.ts';
import { synthesise, synthesiseWithWarnings } from '../synthesise.ts';

const W8A8 = 'RedHatAI/pixtral-12b-quantized.w8a8';
const COMMIT = 'a'.repeat(40);
const PIN = { commit: COMMIT, files: [{ path: 'model.safetensors', size: 3, sha256: 'b'.repeat(64) }] };
const LOCK: ModelLock = { version: 1, models: { [W8A8]: PIN } };
const OWN_SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:team/hugging-face-AbC123';
const NO_LOCK: ModelLock = { version: 1, models: {} };

describe('the seeder', () => {
  let template: Template;
  beforeAll(() => {
    template = synthesise({});
  });

  it('is a build outside the VPC, with room on its disk and an end', () => {
    template.hasResourceProperties('AWS::CodeBuild::Project', {
      Environment: {
        ComputeType: 'BUILD_GENERAL1_MEDIUM',
        Image: 'aws/codebuild/standard:8.0',
        PrivilegedMode: false,
      },
      Source: { Type: 'S3', BuildSpec: 'buildspec.yml' },
      TimeoutInMinutes: 55,
      VpcConfig: Match.absent(),
    });
  });

  it('gets the token’s secret by its name: no value is in the project', () => {
    const [project] = Object.values(template.findResources('AWS::CodeBuild::Project'));
    const variables: { Name: string; Type: string; Value: unknown }[] =
      project?.Properties.Environment.EnvironmentVariables;
    expect(variables.map(({ Name, Type }) => [Name, Type])).toContainEqual([
      'PIXTRAL_TOKEN_SECRET',
      'PLAINTEXT',
    ]);
    const secret = variables.find(({ Name }) => Name === 'PIXTRAL_TOKEN_SECRET')?.Value;
    expect(Object.keys(secret as object)).toEqual(['Ref']);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/hf_|resolve:secretsmanager/);
  });

  it('reads the token from a secret of one’s own, and none is made beside it', () => {
    const kmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';
    const own = synthesise({ files: { huggingFaceTokenSecretArn: OWN_SECRET }, security: { kmsKeyArn } });
    own.resourceCountIs('AWS::SecretsManager::Secret', 1);
    const statement = (action: string, resource: string) =>
      Match.objectLike({ Action: Match.arrayWith([action]), Effect: 'Allow', Resource: resource });
    own.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('SeedingProject') }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          statement('kms:Decrypt', kmsKeyArn),
          statement('secretsmanager:GetSecretValue', OWN_SECRET),
        ]),
      },
    });
    expect(JSON.stringify(own.findResources('AWS::CodeBuild::Project'))).toContain(OWN_SECRET);
    expect(own.findOutputs('HuggingFaceTokenSecretArn').HuggingFaceTokenSecretArn?.Value).toBe(OWN_SECRET);
  });

  it('is started by its handler, which may start nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'codebuild:StartBuild',
            Effect: 'Allow',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('SeedingProject'), 'Arn'] },
          },
        ],
      },
    });
  });

  it('is waited for by the group: no instance idles while files are fetched', () => {
    const [id] = Object.keys(template.findResources('Custom::PixtralFiles'));
    const [group] = Object.values(template.findResources('AWS::AutoScaling::AutoScalingGroup'));
    expect(group?.DependsOn).toContain(id);
  });

  it('runs again when the files change, and only then', () => {
    const source = (options: Readonly<Record<string, unknown>>) =>
      Object.values(synthesise(options).findResources('Custom::PixtralFiles'))[0]?.Properties.source;
    const usual = source({});
    expect(source({ capacity: { max: 9 }, servedModelName: 'other' })).toBe(usual);
    expect(source({ checkpoint: 'w4a16' })).not.toBe(usual);
    expect(source({ revision: COMMIT })).not.toBe(usual);
  });

  it('warns of what is not pinned, and of nothing else', () => {
    const lockFile = join(mkdtempSync(join(tmpdir(), 'pins-')), 'pixtral.lock.json');
    const warnings = () =>
      synthesiseWithWarnings({}, { lockFile }).warnings.filter((text) => text.includes('a pin'));
    expect(warnings()).toEqual([expect.stringContaining(`${W8A8} is served at "main" without a pin`)]);
    writeFileSync(lockFile, formatModelLock(LOCK));
    expect(warnings()).toEqual([]);
  });

  it('is absent where somebody else fills the bucket', () => {
    const without = synthesise({ files: { seeder: 'none' } });
    for (const type of [
      'AWS::CodeBuild::Project',
      'Custom::PixtralFiles',
      'AWS::StepFunctions::StateMachine',
    ]) {
      without.resourceCountIs(type, 0);
    }
    expect(without.findOutputs('SeederProjectName').SeederProjectName?.Value).toBe('none');
  });
});

describe('the plan of the files', () => {
  it('holds every checkpoint that some type serves, each once, with the pins of the lock', () => {
    const config = resolveConfig({
      instanceTypes: ['g5.2xlarge', 'g5.4xlarge', { type: 'g6.2xlarge', checkpoint: 'fp8' }],
    });
    expect(planFiles(config, LOCK).models).toEqual([
      { repository: W8A8, revision: COMMIT, format: 'hf', prefix: `models/${W8A8}/${COMMIT}/`, pin: PIN },
      {
        repository: 'RedHatAI/pixtral-12b-FP8-dynamic',
        revision: 'main',
        format: 'hf',
        prefix: 'models/RedHatAI/pixtral-12b-FP8-dynamic/main/',
        pin: undefined,
      },
    ]);
  });

  it.each([
    ['the locked commit', undefined, LOCK, { revision: COMMIT, pin: PIN }],
    ['the branch when nothing is locked', undefined, NO_LOCK, { revision: 'main', pin: undefined }],
    ['what the config names, without a pin for it', 'v2', LOCK, { revision: 'v2', pin: undefined }],
    ['the config’s own commit, with its pin', COMMIT, LOCK, { revision: COMMIT, pin: PIN }],
  ])('takes %s', (_, revision, lock, expected) => {
    expect(chooseRevision({ revision }, lock, W8A8)).toEqual(expected);
  });

  it('lies in the seeder’s source beside the lock file of the runtime', () => {
    const plan = planFiles(resolveConfig({}), LOCK);
    const folder = bundleSeeder(plan);
    expect(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(plan)),
    );
    expect(readFileSync(join(folder, 'requirements.lock'), 'utf8')).toContain('vllm==0.32.0');
    expect(bundleSeeder(plan)).toBe(folder);
  });
});

describe('the lock file', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'lock-')), 'pixtral.lock.json');

  it('is read as it was written', () => {
    writeFileSync(file, formatModelLock(LOCK));
    expect(readModelLock(file)).toEqual(LOCK);
  });

  it('locks nothing when it is not there', () => {
    expect(readModelLock('/nowhere/pixtral.lock.json')).toEqual(NO_LOCK);
  });

  it.each([
    ['{', 'cannot be used'],
    ['{"version": 2, "models": {}}', 'version'],
    [
      JSON.stringify({ version: 1, models: { [W8A8]: { commit: 'main', files: PIN.files } } }),
      '40 hexadecimal',
    ],
  ])('that holds %s is refused with the way out', (text, reason) => {
    writeFileSync(file, text);
    expect(() => readModelLock(file)).toThrow(reason);
    expect(() => readModelLock(file)).toThrow('"pixtral lock" writes it anew');
  });
});
