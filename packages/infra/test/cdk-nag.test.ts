import { type Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { type PixtralConfig, resolveConfig } from '../src/config/index.ts';
import { createApp } from '../src/create-app.ts';
import { offlineContext, PLACEHOLDER_ACCOUNT } from '../src/offline-context.ts';
import { withOutputFolder } from './synthesise.ts';

const OWN_KEYS = {
  kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
};

describe('cdk-nag finds nothing', () => {
  it.each<[string, PixtralConfig]>([
    ['isolated, with keys and a boundary of one’s own', { security: OWN_KEYS }],
    [
      'a secret of one’s own for the token',
      {
        files: {
          huggingFaceTokenSecretArn:
            'arn:aws:secretsmanager:us-east-1:123456789012:secret:team/hugging-face-AbC123',
        },
      },
    ],
    ['nat', { network: { mode: 'nat' } }],
    [
      'an existing VPC with endpoints',
      { network: { mode: 'existing', vpcId: 'vpc-0123456789abcdef0', createEndpoints: true } },
    ],
    [
      'HTTPS under a name',
      {
        network: {
          certificateArn:
            'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
          domain: { name: 'pixtral.internal.example.com', zoneName: 'internal.example.com' },
        },
      },
    ],
    [
      'pictures in buckets',
      {
        gateway: { pictureBuckets: [{ name: 'my-pictures', prefix: 'uploads/' }, { name: 'open-pictures' }] },
      },
    ],
    [
      'tokens at the load balancer',
      {
        network: {
          mode: 'nat',
          certificateArn:
            'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
        },
        security: {
          jwt: {
            issuer: 'https://login.example.com',
            jwksUrl: 'https://login.example.com/keys',
            audience: 'a',
          },
        },
      },
    ],
    ['kept when it is deleted', { removal: 'retain', security: OWN_KEYS }],
  ])('in %s', (_what, config) => {
    expect(findingsOf(config)).toEqual([]);
  });
});

it('would be heard: a role that may do anything is found', () => {
  const findings = findingsOf({}, (stack) => {
    new iam.Role(stack, 'Careless', {
      assumedBy: new iam.AccountPrincipal(stack.account),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')],
    });
  });
  expect(findings.join()).toContain('AwsSolutions-IAM4');
});

/** What makes `npm run synth` fail, by rule and place. */
function findingsOf(
  config: PixtralConfig,
  change: (stack: Stack) => void = () => undefined,
): readonly string[] {
  return withOutputFolder((outdir) => {
    const resolved = resolveConfig(config);
    const context = { 'aws:cdk:disable-asset-staging': true, ...offlineContext(resolved) };
    const { app, stack } = createApp(resolved, { account: PLACEHOLDER_ACCOUNT, props: { outdir, context } });
    change(stack);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    try {
      app.synth();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return error.message.split('\n');
    }
    return [];
  });
}
