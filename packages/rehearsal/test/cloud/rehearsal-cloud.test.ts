import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startCloud } from '../../src/cloud/rehearsal-cloud.ts';
import { createRunDirectory } from '../../src/run/run-directory.ts';
import { CACHE } from '../emulator/test-cloud.ts';

it('ends the emulated AWS again when a later part cannot start', async () => {
  const repository = await mkdtemp(join(tmpdir(), 'cloud-'));
  const directory = await createRunDirectory(repository);
  const starting = startCloud({
    // There is no such folder to write cdk.json to: the last part fails.
    directory: { ...directory, cdk: join(repository, 'none', 'cdk') },
    pythonCache: CACHE,
    region: 'us-east-1',
    context: { desiredInstances: 1 },
    buildEnvironment: {},
    emulatorEnvironment: {},
    signal: new AbortController().signal,
    onSetup: () => {},
    onBalancerEvent: () => {},
  });
  await expect(starting).rejects.toThrow('ENOENT');
  const log = await readFile(join(directory.logs, 'emulator.log'), 'utf8');
  const port = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(log)?.[1];
  expect(port).toBeDefined();
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  await rm(repository, { recursive: true });
});
