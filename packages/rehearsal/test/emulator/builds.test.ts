import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuildProject } from './build-project.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({
    REHEARSAL_BUILD_ENVIRONMENT: JSON.stringify({ HF_ENDPOINT: 'http://127.0.0.1:4711' }),
  });
}, 120_000);
afterAll(() => cloud?.close());

const buildspec = (phases: Readonly<Record<string, readonly string[]>>) =>
  [
    'version: 0.2',
    'env:',
    '  shell: bash',
    'phases:',
    ...Object.entries(phases).flatMap(([phase, commands]) => [
      `  ${phase}:`,
      '    commands:',
      ...commands.map((command) => `      - ${JSON.stringify(command)}`),
    ]),
    '',
  ].join('\n');

describe('a build in the emulated CodeBuild', () => {
  it('runs the commands of its source with its variables, and logs what they print', async () => {
    const project = await BuildProject.create(cloud, 'works', {
      buildspec: buildspec({
        install: ['export WHO=world', 'mkdir made && cd made'],
        build: ['echo "hello $WHO from $(basename "$PWD"), $GREETING, $HF_ENDPOINT, $AWS_ENDPOINT_URL"'],
      }),
      variables: { GREETING: 'good day' },
    });
    const build = await project.ended(await project.start());
    expect(build.buildStatus).toBe('SUCCEEDED');
    expect(build.logs?.groupName).toBe('/builds/works');
    expect(await project.log(build)).toContain(
      `hello world from made, good day, http://127.0.0.1:4711, ${cloud.emulator.endpointUrl}`,
    );
    const phases = build.phases?.map(({ phaseType, phaseStatus }) => `${phaseType} ${phaseStatus}`);
    expect(phases).toEqual([
      'SUBMITTED SUCCEEDED',
      'QUEUED SUCCEEDED',
      'PROVISIONING SUCCEEDED',
      'DOWNLOAD_SOURCE SUCCEEDED',
      'INSTALL SUCCEEDED',
      'PRE_BUILD SUCCEEDED',
      'BUILD SUCCEEDED',
      'POST_BUILD SUCCEEDED',
      'UPLOAD_ARTIFACTS SUCCEEDED',
      'FINALIZING SUCCEEDED',
      'COMPLETED SUCCEEDED',
    ]);
  });

  it('that fails names the command and its exit status, and runs nothing after it', async () => {
    const project = await BuildProject.create(cloud, 'fails', {
      buildspec: buildspec({
        install: ['echo one', 'echo "error: the disk is full" >&2; exit 3', 'echo two'],
        build: ['echo three'],
      }),
    });
    const build = await project.ended(await project.start());
    expect(build.buildStatus).toBe('FAILED');
    const failed = build.phases?.find(({ phaseStatus }) => phaseStatus === 'FAILED');
    expect(failed?.phaseType).toBe('INSTALL');
    expect(failed?.contexts?.[0]?.message).toBe(
      'Error while executing command: echo "error: the disk is full" >&2; exit 3. Reason: exit status 3',
    );
    const log = await project.log(build);
    expect(log).toContain('error: the disk is full');
    expect(log).not.toContain('two');
    expect(log).not.toContain('three');
  });

  it('whose source has no buildspec fails before anything runs', async () => {
    const project = await BuildProject.create(cloud, 'empty', { buildspec: 'version: 0.1\n' });
    const build = await project.ended(await project.start());
    expect(build.buildStatus).toBe('FAILED');
    expect(build.phases?.find(({ phaseStatus }) => phaseStatus === 'FAILED')).toMatchObject({
      phaseType: 'DOWNLOAD_SOURCE',
      contexts: [{ message: 'YAML_FILE_ERROR: the buildspec must have version 0.2' }],
    });
  });

  it('is ended by StopBuild together with what it started', async () => {
    const project = await BuildProject.create(cloud, 'stopped', {
      buildspec: buildspec({ build: ['(sleep 60; echo late) | cat'] }),
    });
    const id = await project.start();
    await expect.poll(async () => (await project.describe(id)).currentPhase).toBe('BUILD');
    await project.stop(id);
    const build = await project.ended(id);
    expect(build.buildStatus).toBe('STOPPED');
    expect(await project.log(build)).not.toContain('late');
  });
});
