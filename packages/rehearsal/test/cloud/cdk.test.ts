import { describe, expect, it } from 'vitest';
import { firstCause } from '../../src/cloud/cdk.ts';

describe('the first cause in what the CDK command line printed', () => {
  it('is the resource that failed, not those that were cancelled because of it', () => {
    const log = [
      'Fleet | 3 | CREATE_FAILED | AWS::EC2::VPC | Vpc Resource creation cancelled',
      'Fleet | 4 | CREATE_FAILED | Custom::Verification | Verification the gate refused 2 of 2 instances',
      '❌  Fleet failed: Error: The stack named Fleet failed creation',
    ].join('\n');
    expect(firstCause(log)).toBe('the gate refused 2 of 2 instances [Custom::Verification Verification]');
  });

  it('begins with the words of the resource, without those of the command line and of CloudFormation', () => {
    expect(
      firstCause(
        'PixtralFleet | 49/6 | 1:19:04 AM | UPDATE_FAILED           | Custom::PixtralVerification               | Pixtral/Verification/Resource/Default (PixtralVerificationE10EE5CB) Received response status [FAILED] from custom resource. Message returned: refused by the gate: 12 of 53 (i-1)',
      ),
    ).toBe(
      'refused by the gate: 12 of 53 (i-1) [Custom::PixtralVerification Pixtral/Verification/Resource/Default]',
    );
  });

  it('is the first error message when no resource failed', () => {
    expect(firstCause('Synthesizing\nError: bf16 does not fit g5.2xlarge\n    at app.ts:3\n')).toBe(
      'bf16 does not fit g5.2xlarge',
    );
    expect(firstCause('ERROR SSM parameter not available (Construct Annotations)\n')).toBe(
      'SSM parameter not available (Construct Annotations)',
    );
  });

  it('is the last line otherwise, and says so when there was none', () => {
    expect(firstCause('one\ntwo\n')).toBe('two');
    expect(firstCause('')).toBe('it printed nothing');
  });
});
