import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HubFault, type ModelHub, startModelHub } from '@pixtral-fleet/rehearsal/model-hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pixtral } from './run-pixtral.ts';

const W8A8 = 'RedHatAI/pixtral-12b-quantized.w8a8';

let folder: string;
let hub: ModelHub;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  await mkdir(join(folder, 'model'));
  await writeFile(join(folder, 'model', 'model.safetensors'), Buffer.alloc(2_000_000, 1));
  await writeFile(join(folder, 'model', 'config.json'), '{}');
  await writeFile(join(folder, 'model', 'README.md'), 'read me');
  await openHub();
});
afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the folder holds now is what the hub serves. */
async function openHub(fault?: HubFault): Promise<void> {
  await hub?.close();
  hub = await startModelHub({ folder: join(folder, 'model'), fault });
}

const file = () => join(folder, 'pixtral.lock.json');

function lock(...args: readonly string[]) {
  return pixtral(['lock', '--file', file(), ...args], { env: { HF_ENDPOINT: hub.url } });
}

describe('pixtral lock', () => {
  it('pins the config’s checkpoints to commit, sizes and hashes, and shows what is new', async () => {
    const { code, stdout } = await lock();
    expect(code).toBe(0);
    expect(stdout).toContain(`${W8A8}: not locked → ${hub.pin.commit.slice(0, 12)}, 0.00 GB → 0.00 GB`);
    expect(stdout).toContain('+  model.safetensors');
    const weights = createHash('sha256').update(Buffer.alloc(2_000_000, 1)).digest('hex');
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({
      version: 1,
      models: {
        [W8A8]: {
          commit: hub.pin.commit,
          files: [
            { path: 'config.json', size: 2, sha256: createHash('sha256').update('{}').digest('hex') },
            { path: 'model.safetensors', size: 2_000_000, sha256: weights },
          ],
        },
      },
    });
  });

  it('says so when nothing changes, also with --check', async () => {
    await lock();
    const { code, stdout } = await lock('--check');
    expect([code, stdout]).toEqual([0, 'Nothing changes: everything is locked as it is.\n']);
  });

  it('with --check tells a drift by its exit code and writes nothing', async () => {
    await lock();
    const before = await readFile(file(), 'utf8');
    const { commit } = hub.pin;
    await writeFile(join(folder, 'model', 'config.json'), '{"changed": true}');
    await rm(join(folder, 'model', 'model.safetensors'));
    await writeFile(join(folder, 'model', 'model-2.safetensors'), 'weights');
    await openHub();
    const { code, stdout } = await lock('--check', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      models: [
        {
          repository: W8A8,
          from: commit,
          to: hub.pin.commit,
          added: ['model-2.safetensors'],
          changed: ['config.json'],
          removed: ['model.safetensors'],
          bytesBefore: 2_000_002,
          bytesAfter: 24,
        },
      ],
      written: false,
    });
    expect(await readFile(file(), 'utf8')).toBe(before);
  });

  it('that is refused by the hub says how to give a token', async () => {
    await openHub('gated');
    const { code, stderr } = await lock();
    expect(code).toBe(2);
    expect(stderr).toMatch(/status 401: it is gated.*HF_TOKEN/);
  });

  it('keeps what it was not asked for', async () => {
    const other = { commit: 'a'.repeat(40), files: [{ path: 'x', size: 1, sha256: 'b'.repeat(64) }] };
    await writeFile(file(), JSON.stringify({ version: 1, models: { 'acme/other': other } }));
    await lock();
    const { models } = JSON.parse(await readFile(file(), 'utf8'));
    expect(Object.keys(models)).toEqual([W8A8, 'acme/other']);
    expect(models['acme/other']).toEqual(other);
  });

  it('--runtime needs uv, and says how to get it', async () => {
    const { code, stderr } = await pixtral(['lock', '--file', file(), '--runtime'], {
      env: { HF_ENDPOINT: hub.url, PATH: folder },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('uv was not found');
    await expect(readFile(file())).rejects.toThrow('ENOENT');
  });
});
