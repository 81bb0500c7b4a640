import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesise } from './synthesise.ts';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const BOUNDARY = 'arn:aws:iam::123456789012:policy/org/boundary';

describe('without keys of one’s own', () => {
  const template = synthesise({ network: { mode: 'nat' } });

  it('everything but alarms is encrypted by keys of AWS', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        BlockDeviceMappings: [{ Ebs: Match.objectLike({ Encrypted: true, KmsKeyId: Match.absent() }) }],
      },
    });
    expect(JSON.stringify(template.toJSON())).not.toContain(':kms:');
    // The topic of alarms has a key of its own: other services publish to it, which AWS's key does not allow.
    template.resourceCountIs('AWS::KMS::Key', 1);
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('"kms:');
  });

  it('no role has a boundary', () => {
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: Match.absent() });
  });
});

describe('a KMS key', () => {
  const template = synthesise({ security: { kmsKeyArn: KEY } });

  it('encrypts bucket, secrets, disks and every log group', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
          },
        ],
      },
    });
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { BlockDeviceMappings: [{ Ebs: Match.objectLike({ KmsKeyId: KEY }) }] },
    });
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: KEY });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY });
  });

  it('may be used by instances and verification for what they read and write, and nobody makes another', () => {
    for (const role of ['InstanceRole', 'VerificationHandlerServiceRole']) {
      template.hasResourceProperties('AWS::IAM::Policy', {
        Roles: [{ Ref: Match.stringLikeRegexp(role) }],
        PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Resource: KEY })]) },
      });
    }
    template.resourceCountIs('AWS::KMS::Key', 0);
  });
});

describe('a permissions boundary', () => {
  it('is on every role, those of the CDK’s own helpers included', () => {
    const template = synthesise({ security: { permissionsBoundaryArn: BOUNDARY } });
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: BOUNDARY });
    expect(Object.keys(template.findResources('AWS::IAM::Role')).join()).toContain('CustomResourceProvider');
  });
});

describe('roles', () => {
  it.each<[string, Template]>([
    ['isolated', synthesise()],
    ['keys of one’s own', synthesise({ security: { kmsKeyArn: KEY } })],
  ])('may do nothing to everything: %s', (_what, template) => {
    for (const { sid, actions } of statementsOnEverything(template)) {
      expect(sid, actions.join()).toBeDefined();
      for (const action of actions) expect(action).not.toMatch(/\*/);
    }
  });

  it('can read no secret but the API key, and change none', () => {
    const template = synthesise();
    for (const statement of statements(template)) {
      const secret = [statement.Action]
        .flat()
        .filter((action) => String(action).startsWith('secretsmanager:'));
      for (const action of secret)
        expect(['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret']).toContain(action);
      if (secret.length > 0) expect(JSON.stringify(statement.Resource)).toContain('PixtralSecrets');
    }
  });
});

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

function statements(template: Template): readonly Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties: { PolicyDocument: document } }) => document.Statement,
  );
}

/** Each of them is named by a `Sid`, and says in the source why it knows no resource. */
function statementsOnEverything(template: Template) {
  return statements(template)
    .filter(({ Resource: resource }) => resource === '*')
    .map(({ Sid: sid, Action: action }) => ({ sid, actions: [action].flat() }));
}
