import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bootstrap, settings } from './account.ts';
import { type DoctorCloud, startDoctorCloud } from './doctor-cloud.ts';
import { check, verdicts } from './doctor-report.ts';
import { type Hub, startHub } from './hub.ts';
import { runDoctor } from './run-doctor.ts';

// Each question is a process of its own that asks a dozen things.
vi.setConfig({ testTimeout: 90_000 });

const TOKEN = `hf_${'a1B2'.repeat(9)}`;
const SPOT = { capacity: { spot: {} } };

let cloud: DoctorCloud;
let poor: DoctorCloud;
let hub: Hub;

beforeAll(async () => {
  [cloud, poor, hub] = await Promise.all([
    startDoctorCloud(),
    // Room for one instance beside the one that runs; one zone only; an image that nobody refreshed for months.
    startDoctorCloud({
      REHEARSAL_QUOTAS: '{"L-DB2E81BA": 8, "L-3819A6DF": 0}',
      REHEARSAL_OFFERINGS: '{"g5.2xlarge": ["us-east-1a"], "g6.2xlarge": ["us-east-1a", "us-east-1b"]}',
      REHEARSAL_SPOT_SCORE: '2',
      REHEARSAL_IMAGE_DAYS: '200',
    }),
    startHub({ open: /^\/RedHatAI\//, token: TOKEN, revision: 'main' }),
  ]);
  for (const { endpointUrl } of [cloud, poor])
    await bootstrap(endpointUrl, endpointUrl === cloud.endpointUrl ? '21' : '5');
}, 120_000);
afterAll(() => Promise.all([cloud.close(), poor.close(), hub.close()]));
afterEach(() => {
  cloud.obstacles = [];
  cloud.clockOffsetMs = 0;
});

describe('pixtral doctor in an account that is ready', () => {
  it('finds nothing to do, for people and for programs', async () => {
    const [text, json] = await Promise.all([doctor({}), doctor({}, { json: true })]);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain('PixtralFleet in us-east-1, account 000000000000');
    expect(text.stdout).toContain('0 failed');
    expect(verdicts(json.stdout)).toEqual({
      node: 'ok',
      cdk: 'ok',
      // The emulated AWS knows only its root user.
      credentials: 'warn',
      clock: 'ok',
      bootstrap: 'ok',
      'quota-on-demand': 'ok',
      'quota-spot': 'skipped',
      offerings: 'ok',
      'spot-score': 'skipped',
      image: 'ok',
      'vpc-endpoints': 'skipped',
      hub: 'ok',
    });
  });

  it('looks at Spot when the config buys it', async () => {
    const { stdout } = await doctor(SPOT, { json: true });
    expect(verdicts(stdout)).toMatchObject({ 'quota-spot': 'ok', 'spot-score': 'ok' });
    expect(check(stdout, 'spot-score').found).toContain('best score 9 of 10');
  });
});

describe('pixtral doctor in an account that is not ready', () => {
  it('fails, and says of each what to do', async () => {
    const config = { ...SPOT, instanceTypes: ['g5.2xlarge'] };
    const { code, stdout } = await doctor(config, { json: true, endpoint: poor.endpointUrl });
    expect(code).toBe(1);
    expect(verdicts(stdout)).toMatchObject({
      bootstrap: 'fail',
      'quota-on-demand': 'ok',
      'quota-spot': 'fail',
      offerings: 'fail',
      'spot-score': 'warn',
      image: 'warn',
    });
    expect(check(stdout, 'bootstrap').remedy).toBe(
      'npm exec -w packages/infra -- cdk bootstrap aws://000000000000/us-east-1',
    );
    expect(check(stdout, 'quota-spot').remedy).toBe(
      'aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-3819A6DF --desired-value 24 --region us-east-1',
    );
    expect(check(stdout, 'image').found).toContain('200 days old');
  });

  it('counts what others run, and what an update needs', async () => {
    const found = async (config: object) => {
      const { stdout } = await doctor(config, { json: true, endpoint: poor.endpointUrl });
      return check(stdout, 'quota-on-demand');
    };
    expect(await found({ capacity: { min: 1, desired: 1, max: 1 } })).toMatchObject({
      verdict: 'warn',
      found: expect.stringContaining('an update could not launch before it terminates'),
    });
    const terminateFirst = { min: 1, desired: 1, max: 1, updateStrategy: 'terminate-first' };
    expect(await found({ capacity: terminateFirst })).toMatchObject({ verdict: 'ok' });
    const ec2 = new EC2Client(settings(poor.endpointUrl));
    await ec2.send(
      new RunInstancesCommand({
        ImageId: 'ami-0f1ee7de1ea511ab0',
        InstanceType: 'g5.2xlarge',
        MinCount: 1,
        MaxCount: 1,
      }),
    );
    ec2.destroy();
    expect(await found({ capacity: terminateFirst })).toMatchObject({
      verdict: 'fail',
      found: expect.stringContaining('others run 8; the fleet needs 8 at first'),
    });
  });

  it('names zones that have the types', async () => {
    const network = { availabilityZones: ['us-east-1a', 'us-east-1c'] };
    const config = { instanceTypes: ['g5.2xlarge', 'g6.2xlarge'], network };
    const { stdout } = await doctor(config, { json: true, endpoint: poor.endpointUrl });
    expect(check(stdout, 'offerings')).toMatchObject({
      verdict: 'fail',
      found:
        'no instance could start in us-east-1c: g5.2xlarge in us-east-1a; g6.2xlarge in us-east-1a, us-east-1b',
      remedy: "network.availabilityZones: ['us-east-1a', 'us-east-1b']",
    });
  });
});

describe('pixtral doctor when AWS does not answer as it should', () => {
  it('names the action that is missing', async () => {
    cloud.obstacles = [
      {
        action: 'GetServiceQuota',
        status: 400,
        error: 'AccessDeniedException',
        message: 'User: x is not authorized to perform: servicequotas:GetServiceQuota',
      },
      {
        action: 'DescribeInstanceTypeOfferings',
        status: 403,
        error: 'UnauthorizedOperation',
        message: 'You are not.',
      },
    ];
    const { code, stdout } = await doctor({}, { json: true });
    expect(code).toBe(0);
    expect(check(stdout, 'quota-on-demand')).toMatchObject({
      verdict: 'warn',
      found: 'AWS refuses to tell: User: x is not authorized to perform: servicequotas:GetServiceQuota',
      remedy: expect.stringContaining('servicequotas:GetServiceQuota'),
    });
    expect(check(stdout, 'offerings').remedy).toContain('ec2:DescribeInstanceTypeOfferings');
  });

  it('says so when AWS throttles', async () => {
    cloud.obstacles = [
      { action: 'GetParameter', status: 400, error: 'ThrottlingException', message: 'Rate exceeded' },
    ];
    const { stdout } = await doctor({}, { json: true });
    expect(check(stdout, 'bootstrap')).toMatchObject({
      verdict: 'warn',
      found: 'AWS throttled the question (ThrottlingException)',
      remedy: 'run pixtral doctor again',
    });
  });

  it('sends an expired session to its login, and does not ask further', async () => {
    cloud.obstacles = [
      {
        action: 'GetCallerIdentity',
        status: 403,
        error: 'ExpiredToken',
        message: 'The security token included in the request is expired',
      },
    ];
    const { code, stdout } = await doctor({}, { json: true });
    expect(code).toBe(1);
    expect(check(stdout, 'credentials')).toMatchObject({
      verdict: 'fail',
      found: 'the credentials are out of date: The security token included in the request is expired',
      remedy: 'get new ones: aws sso login',
    });
    expect(check(stdout, 'image').verdict).toBe('skipped');
  });

  it('finds a clock that is wrong', async () => {
    cloud.clockOffsetMs = -400_000;
    const { stdout } = await doctor({}, { json: true });
    expect(check(stdout, 'clock')).toMatchObject({
      verdict: 'fail',
      found: expect.stringMatching(/clock is (399|40[0-2]) s ahead of AWS's/),
      remedy: 'timedatectl set-ntp true',
    });
  });

  it('works without a network as far as it can', async () => {
    const { code, stdout, stderr } = await doctor({}, { json: true, endpoint: 'http://127.0.0.1:1' });
    expect(code).toBe(0);
    expect(verdicts(stdout)).toMatchObject({ node: 'ok', cdk: 'ok', credentials: 'skipped', hub: 'ok' });
    expect(check(stdout, 'credentials').found).toContain('AWS cannot be reached from here (ECONNREFUSED)');
    expect(stderr).toBe('');
  });
});

function doctor(config: object, options: { readonly json?: boolean; readonly endpoint?: string } = {}) {
  const places = { endpointUrl: options.endpoint ?? cloud.endpointUrl, hubUrl: hub.url };
  return runDoctor(config, places, options);
}
