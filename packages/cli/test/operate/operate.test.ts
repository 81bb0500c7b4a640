import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, PutBucketTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { findStack } from '@pixtral-fleet/operator/fleet';
import { recordDeployment } from '@pixtral-fleet/operator/rollback';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatedCloud } from './operated-stack.ts';
import { IDLE } from './operated-template.ts';

const UNREACHABLE = 'http://127.0.0.1:9';

let cloud: OperatedCloud;
beforeAll(async () => {
  cloud = await OperatedCloud.start();
}, 120_000);
afterAll(() => cloud?.stop());

describe('a fleet that is operated', () => {
  let outputs: Readonly<Record<string, string>>;
  let instance: string;
  const fleet = ['--region', 'us-east-1', '--stack', 'operated'];
  beforeAll(async () => {
    outputs = await cloud.create('operated', { endpointUrl: UNREACHABLE });
  }, 60_000);

  it('is not well while its instance boots, and well when that serves, with what it said of its boot', async () => {
    const before = await cloud.pixtral(['status', ...fleet, '--json']);
    expect(before.code).toBe(1);
    expect(JSON.parse(before.stdout)).toMatchObject({
      ok: false,
      problems: ['0 of 1 instances serve'],
      instances: [{ lifecycleState: 'Pending:Wait', phase: 'booting' }],
    });
    instance = await cloud.serve(outputs.AutoScalingGroupName ?? '');
    await putBootReport(instance, '1');
    const after = await cloud.pixtral(['status', ...fleet, '--json']);
    expect(after.stderr).toBe('');
    expect(JSON.parse(after.stdout)).toMatchObject({
      ok: true,
      instances: [
        { id: instance, phase: 'in-service', bootSeconds: 61.5, current: true, gate: { right: 1, asked: 1 } },
      ],
    });
    expect(after.code).toBe(0);
    const table = await cloud.pixtral(['status', ...fleet]);
    expect(table.stdout).toMatch(
      new RegExp(`${instance} +g5\\.2xlarge .* InService +1 +in-service +62 s +1/1`),
    );
  });

  it('shows the log of one instance, apart from that of its model server', async () => {
    await log(`${instance}/agent`, '{"level":30,"msg":"in service"}');
    await log(`${instance}/engine`, 'INFO loading weights');
    await log('i-other/agent', '{"level":30,"msg":"of another"}');
    const agent = await cloud.pixtral(['logs', ...fleet, '--instance', instance]);
    expect(agent.stdout).toMatch(/^\S+ {2}i-\w+\/agent {2}info {2}in service\n$/);
    const engine = await cloud.pixtral(['logs', ...fleet, '--engine', '--json']);
    expect(JSON.parse(engine.stdout)).toMatchObject([
      { stream: `${instance}/engine`, text: 'INFO loading weights' },
    ]);
    const none = await cloud.pixtral(['logs', ...fleet, '--seeder']);
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('this stack has not had a seeder'),
    });
  });

  it('shows one request at agent and model server, what is worse than information, and the sum of requests', async () => {
    const ended = { level: 30, msg: 'request ended', status: 429, key: 'team', refused: 'late', totalMs: 7 };
    await log(`${instance}/agent`, JSON.stringify({ ...ended, reqId: 'order-7' }));
    await log(`${instance}/engine`, '{"level":30,"msg":"Received request chatcmpl-order-7-1a: params"}');
    await log(`${instance}/agent`, '{"level":50,"msg":"the model server died"}');
    const one = await cloud.pixtral(['logs', ...fleet, '--request', 'order-7', '--json']);
    const streams = JSON.parse(one.stdout).map(({ stream }: { readonly stream: string }) => stream);
    expect(streams.toSorted()).toEqual([`${instance}/agent`, `${instance}/engine`]);
    const worse = await cloud.pixtral(['logs', ...fleet, '--level', 'error']);
    expect(worse.stdout).toMatch(/^\S+ {2}i-\w+\/agent {2}error the model server died\n$/);
    const summary = await cloud.pixtral(['logs', ...fleet, '--summary']);
    expect(summary.stdout).toMatch(/statuses +429: 1\nrefused by admission +late: 1\n/);
    expect(summary.stdout).toMatch(/team +1 +1 +0 +0/);
    const wrong = await cloud.pixtral(['logs', ...fleet, '--summary', '--engine']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('leave out --engine') });
  });

  it('shows what its agents publish: requests, refusals by reason, first tokens, gates', async () => {
    await publish({ Requests: 60, RequestsRefused: 3, RefusedLate: 2, RefusedOverdue: 1, RefusedFull: 0 });
    await publish({ TimeToFirstToken: 1_500, AnswerTokens: 900, GateScore: 50, GateFailed: 1 });
    const { stdout } = await cloud.pixtral(['status', ...fleet]);
    for (const row of [
      /requests +0\.20 a second/,
      /refused \(429\) +3 \(late 2, overdue 1, full 0\)/,
      /first token, p95 +1\.50 s/,
      /answers +3\.0 tokens a second/,
      /worst gate +50 % right/,
      /gates failed +1/,
    ])
      expect(stdout).toMatch(row);
  });

  it('is verified from inside its VPC by its own Lambda', async () => {
    const { code, stdout } = await cloud.pixtral(['verify', '--in-vpc', ...fleet]);
    expect(stdout).toContain('all 1 checks passed');
    expect(code).toBe(0);
  });

  it('cannot be asked from here without a tunnel, and says so', async () => {
    const { code, stderr } = await cloud.pixtral(['ask', 'picture.png', 'What?', ...fleet]);
    expect(stderr).toContain('cannot be reached from here');
    expect(stderr).toContain('pixtral tunnel');
    expect(code).toBe(2);
  });

  it('takes a Hugging Face token by standard input alone', async () => {
    const token = 'hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567';
    const { code, stdout } = await cloud.pixtral(['secret', 'set-hf-token', ...fleet], `${token}\n`);
    expect({ code, shown: stdout.includes(token) }).toEqual({ code: 0, shown: false });
    expect(await secret('HuggingFaceTokenSecretArn')).toBe(token);
  });

  it('takes the token into the secret that the config names, without a stack', async () => {
    const token = 'hf_zYxWvUtSrQpOnMlKjIhGfEdCbA76543210';
    const { ARN = '' } = await cloud.clients.secretsManager.send(
      new CreateSecretCommand({ Name: 'own-token' }),
    );
    const file = join(cloud.folder, 'own-token.config.ts');
    const config = { stackName: 'NotThere', files: { huggingFaceTokenSecretArn: ARN } };
    await writeFile(file, `export default ${JSON.stringify(config)};\n`);
    const { code, stdout } = await cloud.pixtral(['secret', 'set-hf-token', '--json'], token, {
      PIXTRAL_CONFIG: file,
    });
    expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, secretArn: ARN });
    const { SecretString } = await cloud.clients.secretsManager.send(
      new GetSecretValueCommand({ SecretId: ARN }),
    );
    expect(SecretString).toBe(token);
  });

  it('gets a new API key beside the old one, and then instead of it', async () => {
    const old = await secret('ApiKeySecretArn');
    const begun = await cloud.pixtral(['secret', 'rotate-api-key', ...fleet, '--json', '--show']);
    const { newKey, accepted } = JSON.parse(begun.stdout);
    expect(accepted).toBe(2);
    expect(JSON.parse(await secret('ApiKeySecretArn'))).toEqual({ keys: [newKey, old] });
    const ended = await cloud.pixtral(['secret', 'rotate-api-key', ...fleet, '--finish']);
    expect(ended.stdout).not.toContain(newKey);
    expect(await secret('ApiKeySecretArn')).toBe(newKey);
  });

  it('gets named API keys, lists them without showing one, and revokes them', async () => {
    const [old] = [await secret('ApiKeySecretArn')];
    const add = ['secret', 'add-key', 'team-a', ...fleet, '--scope', 'chat', '--requests-per-minute', '60'];
    const added = await cloud.pixtral([...add, '--json', '--show']);
    const { key } = JSON.parse(added.stdout);
    expect(JSON.parse(await secret('ApiKeySecretArn'))).toEqual({
      keys: [old, expect.objectContaining({ name: 'team-a', key, scopes: ['chat'], requestsPerMinute: 60 })],
    });
    const listed = await cloud.pixtral(['secret', 'list-keys', ...fleet]);
    expect(listed.stdout).toMatch(/default +chat models[\s\S]*team-a +chat +60 +- +20/);
    expect(listed.stdout).not.toContain(key);
    expect(await cloud.pixtral(['secret', 'add-key', 'b', ...fleet, '--scope', 'admin'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--scope must be one or more of chat, models, got "admin"'),
    });
    expect((await cloud.pixtral(['secret', 'revoke-key', 'team-a', ...fleet])).code).toBe(0);
    expect(await secret('ApiKeySecretArn')).toBe(old);
    expect((await cloud.pixtral(['secret', 'revoke-key', 'team-a', ...fleet])).stderr).toContain(
      'there is no key "team-a"; there are: default',
    );
  });

  it('is rolled back to the template before, and not a second time', async () => {
    const bucket = outputs.FilesBucketName ?? '';
    const none = await cloud.pixtral(['rollback', ...fleet, '--yes']);
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no earlier deployment is recorded'),
    });
    await recordDeployment(cloud.clients, { stackName: 'operated', bucket, now: new Date('2026-01-01') });
    await cloud.update('operated', { endpointUrl: 'http://127.0.0.1:10' });
    await recordDeployment(cloud.clients, { stackName: 'operated', bucket, now: new Date('2026-01-02') });
    const back = await cloud.pixtral(['rollback', ...fleet, '--yes', '--json']);
    expect(JSON.parse(back.stdout)).toEqual({ ok: true, step: 'redeploy', stackStatus: 'UPDATE_COMPLETE' });
    expect((await findStack(cloud.clients, 'operated'))?.outputs.EndpointUrl).toBe(UNREACHABLE);
    expect((await cloud.pixtral(['rollback', ...fleet, '--yes'])).code).toBe(2);
  });

  it('is not destroyed without a terminal to ask on, and without a trace with --yes', async () => {
    const asked = await cloud.pixtral(['destroy', ...fleet]);
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('give --yes') });
    const { code, stdout, stderr } = await cloud.pixtral(['destroy', ...fleet, '--yes', '--json']);
    expect(stderr).toContain('Auto Scaling group with its instances');
    expect(JSON.parse(stdout)).toEqual({ ok: true, leftovers: [], kept: [] });
    expect(code).toBe(0);
    expect(await findStack(cloud.clients, 'operated')).toBeUndefined();
    const gone = await cloud.pixtral(['status', ...fleet]);
    expect(gone).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no stack operated in us-east-1'),
    });
  });

  async function secret(output: string): Promise<string> {
    const { SecretString = '' } = await cloud.clients.secretsManager.send(
      new GetSecretValueCommand({ SecretId: outputs[output] }),
    );
    return SecretString;
  }

  async function log(logStreamName: string, message: string): Promise<void> {
    const logGroupName = outputs.AgentLogGroupName;
    await cloud.clients.logs
      .send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
      .catch((error: unknown) => {
        if (!(error instanceof ResourceAlreadyExistsException)) throw error;
      });
    await cloud.clients.logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName,
        logEvents: [{ timestamp: Date.now(), message }],
      }),
    );
  }

  async function publish(values: Readonly<Record<string, number>>): Promise<void> {
    const Dimensions = [{ Name: 'StackName', Value: 'operated' }];
    const MetricData = Object.entries(values).map(([MetricName, Value]) => ({
      MetricName,
      Value,
      Dimensions,
    }));
    await cloud.clients.cloudWatch.send(new PutMetricDataCommand({ Namespace: 'PixtralFleet', MetricData }));
  }

  async function putBootReport(instanceId: string, version: string): Promise<void> {
    const report = {
      ...{ version: 1, instanceId, launchTemplateVersion: version, ok: true },
      startedAt: '2026-01-01T00:00:00.000Z',
      phases: [{ name: 'gate', startedAt: '2026-01-01T00:01:00.000Z', ms: 1_500 }],
      gate: [
        { kind: 'colour', question: 'q', expected: 'red', answer: 'red', ok: true, ms: 1, picture: 'p' },
      ],
      restarts: [],
    };
    await cloud.clients.s3.send(
      new PutObjectCommand({
        Bucket: outputs.FilesBucketName,
        Key: `boot-reports/${version}/${instanceId}.json`,
        Body: JSON.stringify(report),
      }),
    );
  }
});

describe('a fleet that is destroyed', () => {
  const fleet = ['--region', 'us-east-1', '--stack', 'leaving'];

  it('tells what the config keeps, and fails with the name of what should not be there', async () => {
    const outputs = await cloud.create('leaving', {
      endpointUrl: UNREACHABLE,
      lambda: IDLE,
      bucketPolicy: 'Retain',
    });
    const idle = await cloud.pixtral(['verify', '--in-vpc', ...fleet]);
    expect(idle).toMatchObject({ code: 2, stderr: expect.stringContaining('no instance is in service') });
    await cloud.clients.s3.send(new CreateBucketCommand({ Bucket: 'stray' }));
    await cloud.clients.s3.send(
      new PutBucketTaggingCommand({
        Bucket: 'stray',
        Tagging: { TagSet: [{ Key: 'aws:cloudformation:stack-name', Value: 'leaving' }] },
      }),
    );
    const { code, stdout, stderr } = await cloud.pixtral(['destroy', ...fleet, '--yes', '--json']);
    expect(stderr).toContain(outputs.FilesBucketName);
    const result = JSON.parse(stdout);
    expect(result.kept).toEqual([{ type: 'AWS::S3::Bucket', name: outputs.FilesBucketName, usdPerMonth: 0 }]);
    expect(result.leftovers).toEqual([expect.objectContaining({ name: 'arn:aws:s3:::stray' })]);
    expect(code).toBe(1);
  });
});
