import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveEndpoint } from '../src/resolve-endpoint.ts';

let repository: string;
beforeEach(async () => {
  repository = await mkdtemp(join(tmpdir(), 'endpoint-'));
});
afterEach(() => rm(repository, { recursive: true, force: true }));

describe('where a command finds the fleet', () => {
  it('prefers flags to the environment, and that to a kept rehearsal', async () => {
    await keepRehearsal();
    const environment = { PIXTRAL_ENDPOINT: 'http://env:1', PIXTRAL_API_KEY: 'env-key' };
    expect(
      await resolveEndpoint({ endpoint: 'http://flag:1', apiKey: 'k' }, { environment, repository }),
    ).toEqual({
      url: 'http://flag:1',
      apiKey: 'k',
      model: 'pixtral-12b',
    });
    expect((await resolveEndpoint({}, { environment, repository })).apiKey).toBe('env-key');
    expect(await resolveEndpoint({}, { environment: {}, repository })).toEqual({
      url: 'http://127.0.0.1:9',
      apiKey: 'kept',
      model: 'm',
    });
  });

  it('fails when there is none, naming the three ways', async () => {
    await expect(resolveEndpoint({}, { environment: {}, repository })).rejects.toThrow(
      'no endpoint: give --endpoint URL, or set PIXTRAL_ENDPOINT and PIXTRAL_API_KEY, or start one on this machine with "npm start -- --keep"',
    );
  });

  it('fails without a key for an endpoint that was named', async () => {
    await expect(
      resolveEndpoint({ endpoint: 'http://h:1' }, { environment: {}, repository }),
    ).rejects.toThrow('an API key is needed for http://h:1: set PIXTRAL_API_KEY or give --api-key');
  });

  it('fails for something that is no URL', async () => {
    await expect(
      resolveEndpoint({ endpoint: 'localhost:80', apiKey: 'k' }, { environment: {}, repository }),
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
