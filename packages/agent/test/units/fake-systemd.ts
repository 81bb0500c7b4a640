import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineUnit } from '../../src/config/machine.ts';

/** A service manager of a test's own: `fake-systemd/systemctl` on the PATH, with a folder for what it knows. */
export interface FakeSystemd {
  readonly environment: { readonly PATH: string; readonly FAKE_SYSTEMD: string };
  /** Every call of systemctl, verb first. */
  calls(): Promise<readonly string[]>;
  /** From now on the unit's program cannot be started. */
  breakUnit(): Promise<void>;
}

const PROGRAMS = join(dirname(fileURLToPath(import.meta.url)), 'fake-systemd');

export async function fakeSystemd(
  folder: string,
  unit: Pick<EngineUnit, 'commandFile' | 'outputSocket'>,
): Promise<FakeSystemd> {
  await mkdir(folder, { recursive: true });
  const write = (broken: boolean) =>
    writeFile(join(folder, 'unit.json'), JSON.stringify({ ...unit, broken }));
  await write(false);
  return {
    environment: {
      PATH: [PROGRAMS, dirname(process.execPath), process.env.PATH].join(delimiter),
      FAKE_SYSTEMD: folder,
    },
    breakUnit: () => write(true),
    async calls() {
      const text = await readFile(join(folder, 'calls.txt'), 'utf8');
      return text.trim().split('\n');
    },
  };
}
