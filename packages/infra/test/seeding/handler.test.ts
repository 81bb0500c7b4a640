import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isComplete, onEvent, type SeedingEvent } from '../../src/seeding/handler.ts';
import { type ScriptedCodeBuild, startScriptedCodeBuild } from './scripted-codebuild.ts';

let aws: ScriptedCodeBuild;
beforeEach(async () => {
  aws = await startScriptedCodeBuild();
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await aws[Symbol.asyncDispose]();
});

const request = (change: Partial<SeedingEvent> = {}): SeedingEvent => ({
  RequestType: 'Create',
  RequestId: 'request-1',
  ResourceProperties: { project: 'files' },
  Data: { BuildId: 'files:1' },
  ...change,
});

const LOGS = { groupName: '/logs', streamName: 'files/1' };
const failed = (phase: object) => ({
  id: 'files:1',
  buildStatus: 'FAILED',
  logs: LOGS,
  phases: [
    { phaseType: 'INSTALL', phaseStatus: 'SUCCEEDED' },
    phase,
    { phaseType: 'COMPLETED', phaseStatus: 'FAILED' },
  ],
});

describe('a request of CloudFormation', () => {
  it('starts one build, however often it is repeated', async () => {
    expect(await onEvent(request())).toEqual({
      PhysicalResourceId: 'pixtral-files',
      Data: { BuildId: 'files:1' },
    });
    await onEvent(request());
    expect(aws.calls).toEqual(
      Array.from({ length: 2 }, () => ({
        action: 'StartBuild',
        body: { projectName: 'files', idempotencyToken: 'request-1' },
      })),
    );
  });

  it('keeps the resource on an update, and does nothing when it is deleted', async () => {
    const update = request({ RequestType: 'Update', PhysicalResourceId: 'older' });
    expect((await onEvent(update)).PhysicalResourceId).toBe('older');
    const remove = request({ RequestType: 'Delete', PhysicalResourceId: 'older' });
    expect(await onEvent(remove)).toEqual({ PhysicalResourceId: 'older' });
    expect(await isComplete(remove)).toEqual({ IsComplete: true });
    expect(aws.calls).toHaveLength(1);
  });
});

describe('a build', () => {
  it('is waited for until it has ended well', async () => {
    aws.build = { id: 'files:1', buildStatus: 'IN_PROGRESS', currentPhase: 'BUILD' };
    expect(await isComplete(request())).toEqual({ IsComplete: false });
    aws.build = { id: 'files:1', buildStatus: 'SUCCEEDED' };
    expect(await isComplete(request())).toEqual({ IsComplete: true });
  });

  it('that failed is told by its own words first, then phase, place and last lines', async () => {
    aws.build = failed({
      phaseType: 'BUILD',
      phaseStatus: 'FAILED',
      contexts: [
        {
          statusCode: 'COMMAND_EXECUTION_ERROR',
          message: 'Error while executing command: x. Reason: exit status 1',
        },
      ],
    });
    aws.log = [
      '[Container] Running command x',
      'fetching weights',
      'error: SHA-256 is aa, expected bb',
      '[Container] done',
    ];
    await expect(isComplete(request())).rejects.toThrow(
      [
        'SHA-256 is aa, expected bb',
        'build files:1 ended as FAILED in phase BUILD (Error while executing command: x. Reason: exit status 1)',
        'log group /logs, stream files/1',
        'its last lines:',
        'fetching weights',
      ].join('\n'),
    );
  });

  it('that failed without a word of its own is told by its last line', async () => {
    aws.build = failed({ phaseType: 'INSTALL', phaseStatus: 'FAILED' });
    aws.log = ['E: Unable to locate package squashfs-tools'];
    await expect(isComplete(request())).rejects.toThrow(/^E: Unable to locate package squashfs-tools\nbuild/);
  });

  it('that ended before it logged anything still tells its phase', async () => {
    aws.build = { ...failed({ phaseType: 'PROVISIONING', phaseStatus: 'FAULT' }), buildStatus: 'FAULT' };
    await expect(isComplete(request())).rejects.toThrow(
      /^build files:1 ended as FAULT in phase PROVISIONING\n/,
    );
  });

  it('with a long log is told in what CloudFormation takes', async () => {
    aws.build = failed({ phaseType: 'BUILD', phaseStatus: 'TIMED_OUT' });
    aws.log = Array.from({ length: 50 }, () => 'x'.repeat(500));
    const error = await isComplete(request()).catch((reason: unknown) => reason);
    expect(String(error).length).toBeLessThan(2_100);
  });

  it('that nobody knows is an error, not something to wait for', async () => {
    await expect(isComplete(request())).rejects.toThrow('CodeBuild knows no build files:1');
  });
});
