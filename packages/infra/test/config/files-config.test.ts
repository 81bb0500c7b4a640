import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/index.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:team/hugging-face-AbC123';
const resolve = (huggingFaceTokenSecretArn: string) =>
  resolveConfig({ files: { huggingFaceTokenSecretArn } });

describe('files.huggingFaceTokenSecretArn', () => {
  it('takes the whole ARN of a secret', () => {
    expect(resolve(ARN).files).toEqual({ seeder: 'codebuild', huggingFaceTokenSecretArn: ARN });
  });

  it.each([
    ['a name', 'team/hugging-face'],
    ['an ARN without its last six characters', ARN.replace('-AbC123', '')],
    ['the ARN of something else', 'arn:aws:ssm:us-east-1:123456789012:parameter/token-AbC123'],
    ['a token', `hf_${'a1B2'.repeat(9)}`],
  ])('refuses %s', (_, value) => {
    expect(() => resolve(value)).toThrow('files.huggingFaceTokenSecretArn');
  });

  it('refuses a secret of another region', () => {
    expect(() => resolve(ARN.replace('us-east-1', 'eu-west-1'))).toThrow(
      'files.huggingFaceTokenSecretArn is a secret of eu-west-1; the fleet is in us-east-1',
    );
  });
});
