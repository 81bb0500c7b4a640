import { spawnSync } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_IMAGE_LIMITS } from '@pixtral-fleet/catalog';
import { describe, expect, it } from 'vitest';
import { locateMachine } from '../../src/config/machine.ts';
import { WORKER_MEMORY_BYTES, workerArguments } from '../../src/gateway/normalizing/worker-channel.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const ASSETS = fileURLToPath(new URL('../../assets', import.meta.url));
const ENGINE = join(ASSETS, 'pixtral-engine.service');
const AGENT = join(ASSETS, 'pixtral-agent.service');
const PICTURES = join(ASSETS, 'pixtral-pictures@.service');

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) {
  console.warn(
    'SKIPPED: systemd-analyze is not installed, so nobody checks the units of packages/agent/assets',
  );
}

describe.skipIf(!hasSystemd)('systemd', () => {
  it('finds nothing wrong with the units', async () => {
    await using folder = await temporaryFolder();
    await cp(ASSETS, folder.path, { recursive: true });
    const units = (await readdir(folder.path)).filter((name) => /\.(service|socket)$/.test(name));
    expect(units).toHaveLength(5);
    // The one program of them that is not of the system.
    for (const unit of units) {
      const text = await readFile(join(folder.path, unit), 'utf8');
      await writeFile(join(folder.path, unit), text.replace('/opt/pixtral/node/bin/node', process.execPath));
    }
    const { status, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', '--man=no', ...units.map((unit) => join(folder.path, unit))],
      { encoding: 'utf8' },
    );
    // It also tells of units of this machine.
    const told = stderr.split('\n').filter((line) => line.includes('pixtral'));
    expect({ told, status }).toEqual({ told: [], status: 0 });
  });

  it.each([
    ['the model server', ENGINE, 20],
    ['the agent, which is root', AGENT, 45],
    ['a picture worker, which only computes', PICTURES, 10],
  ])('finds %s exposed no more than it has to be', (_, file, tenths) => {
    const { status, stdout } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--no-pager', `--threshold=${tenths}`, file],
      { encoding: 'utf8' },
    );
    expect(stdout).toContain('Overall exposure level');
    expect(status, stdout.trim().split('\n').at(-1)).toBe(0);
  });
});

describe('the model server’s unit', () => {
  it('has the paths that the agent reads and writes', async () => {
    const text = await readFile(ENGINE, 'utf8');
    const { engineUnit, engineSocket, stateFolder } = locateMachine({
      PIXTRAL_ENGINE_UNIT: 'pixtral-engine.service',
    });
    expect(text).toContain(`ExecStart=/bin/sh ${engineUnit?.commandFile}\n`);
    expect(text).toContain(`StandardOutput=file:${engineUnit?.outputSocket}\n`);
    expect(engineSocket.startsWith('/run/pixtral-engine/')).toBe(true);
    expect(text).toContain('RuntimeDirectory=pixtral-engine\nRuntimeDirectoryMode=0700\n');
    expect(text).toContain(`WorkingDirectory=${stateFolder}/engine-home\n`);
    expect(await readFile(AGENT, 'utf8')).toContain(`Environment=PIXTRAL_ENGINE_UNIT=${engineUnit?.name}\n`);
  });

  it('lets torch compile, and has no other hole of that kind', async () => {
    const lines = (await readFile(ENGINE, 'utf8')).split('\n').filter((line) => !line.startsWith('#'));
    expect(lines.join('\n')).not.toMatch(/MemoryDenyWriteExecute|ReadWritePaths|Environment/);
    for (const line of [
      'PrivateNetwork=yes',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'CapabilityBoundingSet=',
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.filter((line) => line.startsWith('DeviceAllow='))).toEqual(['DeviceAllow=char-nvidia* rw']);
  });
});

describe('the picture worker’s unit', () => {
  it('starts the worker as the agent itself would, within the same limits', async () => {
    const text = await readFile(PICTURES, 'utf8');
    const args = workerArguments({ ...DEFAULT_IMAGE_LIMITS, file: '/opt/pixtral/agent/picture-worker.mjs' });
    expect(text).toContain(`ExecStart=/opt/pixtral/node/bin/node ${args.join(' ')}\n`);
    expect(text).toContain(`LimitDATA=${WORKER_MEMORY_BYTES}\n`);
  });

  it('is had on the socket that the agent connects to', async () => {
    const { pictureUnit } = locateMachine({ PIXTRAL_ENGINE_UNIT: 'pixtral-engine.service' });
    const socket = await readFile(join(ASSETS, String(pictureUnit?.name)), 'utf8');
    expect(socket).toContain(`ListenStream=${pictureUnit?.socket}\n`);
    expect(socket).toContain('Accept=yes\n');
  });
});
