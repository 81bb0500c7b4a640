import { describe, expect, it } from 'vitest';
import { firstCause } from '../../src/cloud/cdk.ts';

describe('the first cause in what the CDK command line printed', () => {
  it('is the resource that failed, not those that were cancelled because of it', () => {
    const log = [
      'Fleet | 3 | CREATE_FAILED | AWS::EC2::VPC | Vpc Resource creation cancelled',
      'Fleet | 4 | CREATE_FAILED | Custom::Verification | Verification the gate refused 2 of 2 instances',
      '❌  Fleet failed: Error: The stack named Fleet failed creation',
    ].join('\n');
    expect(firstCause(log)).toBe(
      'Fleet | 4 | CREATE_FAILED | Custom::Verification | Verification the gate refused 2 of 2 instances',
    );
  });

  it('is the first error message when no resource failed', () => {
    expect(firstCause('Synthesizing\nError: bf16 does not fit g5.2xlarge\n    at app.ts:3\n')).toBe(
      'Error: bf16 does not fit g5.2xlarge',
    );
  });

  it('is the last line otherwise, and says so when there was none', () => {
    expect(firstCause('one\ntwo\n')).toBe('two');
    expect(firstCause('')).toBe('it printed nothing');
  });
});
