import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type MetadataServiceOptions, startMetadataService } from '../../src/metadata/index.ts';
import { parseTtl } from '../../src/metadata/session-tokens.ts';

const identity = {
  ...{
    instanceId: 'i-0abc',
    instanceType: 'g5.2xlarge',
    availabilityZone: 'us-east-1b',
    region: 'us-east-1',
  },
  ...{ accountId: '000000000000', imageId: 'ami-1', localIpv4: '10.0.0.7', roleName: 'fleet-role' },
  launchedAt: new Date('2026-11-24T04:00:00.123Z'),
} as const;

const TTL = 'x-aws-ec2-metadata-token-ttl-seconds';

async function start(change: Partial<MetadataServiceOptions> = {}) {
  const service = await startMetadataService({
    identity,
    targetLifecycleState: () => 'InService',
    ...change,
  });
  onTestFinished(() => service.stop());
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${service.url}${path}`, { method, headers });
  const token = await (await ask('/latest/api/token', { [TTL]: '60' }, 'PUT')).text();
  const get = async (path: string) => {
    const response = await ask(path, { 'x-aws-ec2-metadata-token': token });
    return response.ok ? await response.text() : response.status;
  };
  return { service, ask, token, get };
}

describe('session tokens', () => {
  it.each(['1', '60', '21600'])('are issued for %s seconds', async (ttl) => {
    const { ask } = await start();
    const response = await ask('/latest/api/token', { [TTL]: ttl }, 'PUT');
    expect([response.status, response.headers.get(TTL)]).toEqual([200, ttl]);
    expect(await response.text()).toMatch(/^[\w-]{50,}$/);
  });

  it.each(['0', '21601', '-5', '1.5', 'abc', ''])('are refused with 400 for a life of "%s"', async (ttl) => {
    const { ask } = await start();
    expect((await ask('/latest/api/token', { [TTL]: ttl }, 'PUT')).status).toBe(400);
  });

  it('are refused with 400 without a life, and with 403 through a proxy', async () => {
    const { ask } = await start();
    expect((await ask('/latest/api/token', {}, 'PUT')).status).toBe(400);
    expect(
      (await ask('/latest/api/token', { [TTL]: '60', 'X-Forwarded-For': '1.2.3.4' }, 'PUT')).status,
    ).toBe(403);
  });

  it('are needed for every read: 401 without one, with a wrong one, and with one of another instance', async () => {
    const { ask } = await start();
    const other = await start();
    const path = '/latest/meta-data/instance-id';
    expect((await ask(path)).status).toBe(401);
    expect((await ask(path, { 'x-aws-ec2-metadata-token': 'guess' })).status).toBe(401);
    expect((await ask(path, { 'x-aws-ec2-metadata-token': other.token })).status).toBe(401);
    expect((await ask('/nowhere')).status).toBe(401);
  });

  it('are not needed by the user agents that were named', async () => {
    const { ask } = await start({ tokenlessAgent: /^Cloud-Init\// });
    const path = '/latest/meta-data/instance-id';
    expect((await ask(path, { 'user-agent': 'Cloud-Init/22.4.2' })).status).toBe(200);
    expect((await ask(path, { 'user-agent': 'curl/8 Cloud-Init/22.4.2' })).status).toBe(401);
    const other = await start();
    expect((await other.ask(path, { 'user-agent': 'Cloud-Init/22.4.2' })).status).toBe(401);
  });

  it('expire', async () => {
    let now = Date.now();
    const { get } = await start({ now: () => now });
    now += 59_999;
    expect(await get('/latest/meta-data/instance-id')).toBe('i-0abc');
    now += 1;
    expect(await get('/latest/meta-data/instance-id')).toBe(401);
  });

  it('have lives from 1 to 21600 seconds, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer().map(String), fc.string()), (header) => {
        const seconds = parseTtl(header);
        if (seconds !== undefined)
          expect(seconds >= 1 && seconds <= 21_600 && String(seconds) === String(Number(header))).toBe(true);
      }),
    );
  });
});

describe('metadata', () => {
  it.each([
    ['instance-id', 'i-0abc'],
    ['instance-type', 'g5.2xlarge'],
    ['ami-id', 'ami-1'],
    ['local-hostname', 'ip-10-0-0-7.ec2.internal'],
    ['local-ipv4', '10.0.0.7'],
    ['placement/availability-zone', 'us-east-1b'],
    ['placement/region', 'us-east-1'],
    ['placement/', 'availability-zone\nregion'],
    ['placement', 'availability-zone\nregion'],
    ['iam/security-credentials/', 'fleet-role'],
    ['autoscaling/target-lifecycle-state', 'InService'],
    ['', 'ami-id\nautoscaling/\niam/\ninstance-id\ninstance-type\nlocal-hostname\nlocal-ipv4\nplacement/'],
    ['spot/instance-action', 404],
    ['events/recommendations/rebalance', 404],
    ['tags/instance/', 404],
    ['instance-id/', 404],
    ['instance-id/more', 404],
    ['constructor', 404],
    ['__proto__', 404],
    ['%zz', 400],
  ])('at "%s" is %j', async (path, expected) => {
    const { get } = await start();
    expect(await get(`/latest/meta-data/${path}`)).toBe(expected);
  });

  it('follows the lifecycle state and the Spot notice', async () => {
    let state = 'InService';
    let notice: { action: 'terminate'; time: Date } | undefined;
    const { get } = await start({ targetLifecycleState: () => state, spotInstanceAction: () => notice });
    expect(await get('/latest/meta-data/spot/instance-action')).toBe(404);
    state = 'Terminated';
    notice = { action: 'terminate', time: new Date('2026-11-24T04:02:00.999Z') };
    expect(await get('/latest/meta-data/autoscaling/target-lifecycle-state')).toBe('Terminated');
    expect(await get('/latest/meta-data/spot/instance-action')).toBe(
      '{"action":"terminate","time":"2026-11-24T04:02:00Z"}',
    );
  });

  it('has the user data, and all of it under dated versions too', async () => {
    const { get } = await start({ userData: '#!/bin/bash\ntrue\n' });
    expect(await get('/latest/user-data')).toBe('#!/bin/bash\ntrue\n');
    expect(await get('/2009-04-04/user-data')).toBe('#!/bin/bash\ntrue\n');
    expect(await get('/2021-03-23/meta-data/instance-id')).toBe('i-0abc');
    expect(await get('/21-03-23/meta-data/instance-id')).toBe(404);
    expect(await get('/2021-03-23/')).toBe(await get('/latest/'));
    expect(await (await start()).get('/latest/user-data')).toBe(404);
  });

  it('shows tags where it may', async () => {
    const { get } = await start({ tags: { Name: 'fleet', 'a:b c': 'd' } });
    expect(await get('/latest/meta-data/tags/instance/')).toBe('Name\na:b c');
    expect(await get('/latest/meta-data/tags/instance/a:b%20c')).toBe('d');
    expect(await get('/latest/meta-data/tags/instance/Other')).toBe(404);
  });

  it('has the role and the identity document', async () => {
    const { get } = await start();
    expect(JSON.parse(String(await get('/latest/meta-data/iam/info')))).toMatchObject({
      ...{ Code: 'Success', InstanceProfileArn: 'arn:aws:iam::000000000000:instance-profile/fleet-role' },
    });
    expect(await get('/latest/dynamic/instance-identity/document')).toMatchInlineSnapshot(`
      "{
        "accountId": "000000000000",
        "architecture": "x86_64",
        "availabilityZone": "us-east-1b",
        "imageId": "ami-1",
        "instanceId": "i-0abc",
        "instanceType": "g5.2xlarge",
        "pendingTime": "2026-11-24T04:00:00Z",
        "privateIp": "10.0.0.7",
        "region": "us-east-1",
        "version": "2017-09-30"
      }"
    `);
  });

  it('takes no other methods', async () => {
    const { ask, token } = await start();
    const headers = { 'x-aws-ec2-metadata-token': token };
    expect((await ask('/latest/meta-data/', headers, 'POST')).status).toBe(405);
    expect((await ask('/latest/meta-data/', headers, 'PUT')).status).toBe(405);
  });

  it('fails to start on a port that is taken', async () => {
    const { service } = await start();
    await expect(start({ port: service.port })).rejects.toThrow('EADDRINUSE');
  });
});

describe('the AWS SDK', () => {
  const run = promisify(execFile);
  const script = fileURLToPath(new URL('print-credentials.mjs', import.meta.url));
  const environment = (endpoint: string) => ({
    ...{ PATH: process.env.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint },
    ...{
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_V1_DISABLED: 'true',
    },
  });

  it('finds the role credentials by its default chain', { timeout: 30_000 }, async () => {
    const expiration = new Date(Date.now() + 3_600_000);
    expiration.setMilliseconds(0);
    const { service } = await start({
      credentials: () => ({
        accessKeyId: 'ASIA1',
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration,
      }),
    });
    const { stdout } = await run(process.execPath, [script], { env: environment(service.url) });
    expect(JSON.parse(stdout)).toEqual({
      ...{
        accessKeyId: 'ASIA1',
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration: expiration.toISOString(),
      },
    });
  });

  it('fails when the service has gone', { timeout: 30_000 }, async () => {
    const { service } = await start();
    await service.stop();
    await expect(run(process.execPath, [script], { env: environment(service.url) })).rejects.toThrow(
      'Could not load credentials',
    );
  });
});
