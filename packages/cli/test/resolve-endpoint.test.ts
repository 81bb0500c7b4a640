import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTunnelFile } from '@pixtral-fleet/operator/tunnel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolveEndpoint } from '../src/resolve-endpoint.ts';

let repository: string;
beforeEach(async () => {
  // Whoever runs this may be logged in to AWS.
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null').stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true').stubEnv('AWS_PROFILE', undefined);
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  repository = await mkdtemp(join(tmpdir(), 'endpoint-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(repository, { recursive: true, force: true });
});

describe('where a command finds the fleet', () => {
  it('prefers flags to the environment, and that to a kept rehearsal', async () => {
    await keepRehearsal();
    const environment = { PIXTRAL_ENDPOINT: 'http://env:1', PIXTRAL_API_KEY: 'env-key' };
    expect(
      await resolveEndpoint(
        { endpoint: 'http://flag:1', apiKey: 'k' },
        { environment, repository, home: repository },
      ),
    ).toEqual({
      url: 'http://flag:1',
      apiKey: 'k',
      model: 'pixtral-12b',
    });
    expect((await resolveEndpoint({}, { environment, repository, home: repository })).apiKey).toBe('env-key');
    expect(await resolveEndpoint({}, { environment: {}, repository, home: repository })).toEqual({
      url: 'http://127.0.0.1:9',
      apiKey: 'kept',
      model: 'm',
    });
  });

  it('prefers a running tunnel to a kept rehearsal, and forgets one whose command has ended', async () => {
    await keepRehearsal();
    const tunnel = {
      url: 'http://localhost:7',
      model: 'm',
      region: 'us-east-1',
      stackName: 'S',
      pid: process.pid,
    };
    await writeTunnelFile(repository, tunnel);
    const environment = { PIXTRAL_API_KEY: 'k' };
    expect((await resolveEndpoint({}, { environment, repository, home: repository })).url).toBe(
      'http://localhost:7',
    );
    await writeTunnelFile(repository, { ...tunnel, pid: 2 ** 22 + 1 });
    expect((await resolveEndpoint({}, { environment, repository, home: repository })).url).toBe(
      'http://127.0.0.1:9',
    );
  });

  it('fails when there is none, naming the ways and why there is no deployed stack', async () => {
    await expect(resolveEndpoint({}, { environment: {}, repository, home: repository })).rejects.toThrow(
      'no endpoint: give --endpoint URL, or set PIXTRAL_ENDPOINT and PIXTRAL_API_KEY, or open one with "pixtral tunnel", or start one on this machine with "npm start -- --keep"; and no deployed stack was found: AWS takes no credentials from here',
    );
  });

  it('fails without a key for an endpoint that was named', async () => {
    await expect(
      resolveEndpoint({ endpoint: 'http://h:1' }, { environment: {}, repository, home: repository }),
    ).rejects.toThrow('an API key is needed for http://h:1: set PIXTRAL_API_KEY or give --api-key');
  });

  it('fails for something that is no URL', async () => {
    await expect(
      resolveEndpoint(
        { endpoint: 'localhost:80', apiKey: 'k' },
        { environment: {}, repository, home: repository },
      ),
    ).rejects.toThrow(
      'endpoint must be an http or https URL such as http://localhost:8080, got "localhost:80"',
    );
  });
});

async function keepRehearsal(): Promise<void> {
  await mkdir(join(repository, '.rehearsal'));
  const endpoint = { url: 'http://127.0.0.1:9', apiKey: 'kept', model: 'm' };
  await writeFile(join(repository, '.rehearsal', 'endpoint.json'), JSON.stringify(endpoint));
}
