import { describe, expect, it } from 'vitest';
import { explainFailure, type FailureEvidence } from '../../src/deploy/explain-failure.ts';
import type { ResourceEvent } from '../../src/deploy/stack-events.ts';
import { bootReport, gateAnswer } from '../boot-report.ts';

const VERIFICATION = 'Custom::PixtralVerification';
const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

describe('the first cause of a failed deployment', () => {
  it('is what the gate asked and was answered, when the model sees wrong', () => {
    const report = bootReport({
      ok: false,
      reason: 'refused by the gate: 1 of 2 answers is wrong',
      gate: [gateAnswer(true), gateAnswer(false)],
    });
    const failure = explainFailure(
      evidence({ refusals: [report], events: [failed(VERIFICATION, 'gave up')] }),
    );
    expect(failure).toEqual({
      source: 'instance',
      cause: 'i-1 did not come up: refused by the gate: 1 of 2 answers is wrong',
      remedy: expect.stringContaining('undo the last change'),
      detail: [
        'asked "What colour is the picture?": expected "red", got "blue"',
        'Thing (Custom::PixtralVerification) CREATE_FAILED: gave up',
      ],
    });
  });

  it('is the file that is not what the manifest says', () => {
    const reason = 'model/consolidated.safetensors: SHA-256 of part 3 differs from the manifest';
    const report = bootReport({ ok: false, reason, gate: [] });
    const failure = explainFailure(evidence({ refusals: [report], events: [failed(GROUP, 'timed out')] }));
    expect(failure.cause).toBe(`i-1 did not come up: ${reason}`);
    expect(failure.remedy).toContain('run the seeder again');
  });

  it('is the first instance that refused, not the last', () => {
    const newestFirst = [
      bootReport({ ok: false, instanceId: 'i-2', reason: 'second' }),
      bootReport({ ok: false, instanceId: 'i-1', reason: 'first' }),
    ];
    const failure = explainFailure(evidence({ refusals: newestFirst, events: [failed(VERIFICATION, 'x')] }));
    expect(failure.cause).toContain('i-1 did not come up: first');
    expect(failure.detail).toContain('2 instances did not come up');
  });

  it('is the quota, when EC2 refuses every launch', () => {
    const message = 'VcpuLimitExceeded - You have requested more than your current vCPU limit of 0 allows.';
    const failure = explainFailure(
      evidence({ refusedLaunches: [message, message], events: [failed(VERIFICATION, 'nothing came up')] }),
    );
    expect(failure.source).toBe('launch');
    expect(failure.cause).toMatch(
      /^no instance could be launched: the account's quota for G instances \(0 vCPUs\)/,
    );
    expect(failure.remedy).toContain('request-service-quota-increase');
    expect(failure.detail[0]).toBe(`EC2: ${message}`);
  });

  it('is the last error of the build that fills the bucket, even when instances refused for want of files', () => {
    const lines = [
      'downloading',
      '401 Client Error: access to the gated repository is denied',
      'exit status 1',
    ];
    const failure = explainFailure(
      evidence({
        build: { status: 'FAILED', phase: 'BUILD', lines },
        refusals: [bootReport({ ok: false, reason: 'there is no manifest' })],
        events: [failed('Custom::PixtralSeeding', 'build failed')],
      }),
    );
    expect(failure.source).toBe('files');
    expect(failure.cause).toBe(
      'the build that fills the bucket ended FAILED in phase BUILD: 401 Client Error: access to the gated repository is denied',
    );
    expect(failure.remedy).toContain('pixtral secret set-hf-token');
  });

  it("is the verification's own reason, when every instance came up", () => {
    const reason =
      'Received response status [FAILED] from custom resource. Message returned: stream: ended without usage (RequestId: 8-4)';
    const failure = explainFailure(evidence({ events: [failed(VERIFICATION, reason)] }));
    expect(failure.source).toBe('verification');
    expect(failure.cause).toBe('the fleet came up but was not verified: stream: ended without usage');
  });

  it("is CloudFormation's line for a resource that fails by itself, whatever an instance says", () => {
    const failure = explainFailure(
      evidence({
        refusals: [bootReport({ ok: false, reason: 'also unhappy' })],
        events: [failed('AWS::EC2::EIP', 'The maximum number of addresses has been reached.')],
      }),
    );
    expect(failure.source).toBe('stack');
    expect(failure.cause).toBe('Thing: The maximum number of addresses has been reached.');
  });

  it('is not a resource that was only cancelled because of another', () => {
    const failure = explainFailure(
      evidence({
        events: [
          failed('AWS::S3::Bucket', 'Resource creation cancelled'),
          failed('AWS::Budgets::Budget', 'name is taken'),
        ],
      }),
    );
    expect(failure.cause).toBe('Thing: name is taken');
  });

  it.each([
    [
      'Error: PixtralFleet: SSM parameter /cdk-bootstrap/hnb659fds/version not found. Has the environment been bootstrapped?',
      'bootstrap the account and region once',
    ],
    ['\u001b[31mError: The security token included in the request is expired\u001b[39m', 'log in again'],
    ['❌ Error: config: maxModelLen must be at least 1024', 'mend what it says'],
  ])('is what the CDK could not do when CloudFormation was never asked: %j', (cdkOutput, remedy) => {
    const failure = explainFailure(evidence({ cdkOutput: `Synthesis\n${cdkOutput}\n` }));
    expect(failure.source).toBe('cdk');
    expect(failure.cause).toMatch(/^[A-Za-z]/);
    expect(failure.cause).not.toMatch(/^Error/);
    expect(failure.remedy).toContain(remedy);
  });
});

function evidence(over: Partial<FailureEvidence>): FailureEvidence {
  return { events: [], refusals: [], refusedLaunches: [], build: undefined, cdkOutput: '', ...over };
}

function failed(type: string, reason: string): ResourceEvent {
  return { id: '1', at: 0, logicalId: 'Thing', type, status: 'CREATE_FAILED', reason };
}
