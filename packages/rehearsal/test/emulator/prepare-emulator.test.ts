import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareEmulator } from '../../src/emulator/index.ts';

/** Plays a Python that can make virtual environments and install into them, without a network. */
const PYTHON = `#!/bin/sh
case "$1 $2" in
  "-c "*) echo "\${PLAYED_VERSION:-3.12.1}" ;;
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip") echo "$*" >> "$PLAYED_LOG"; sleep 0.2
    [ -z "$PLAYED_FAILURE" ] || { echo "$PLAYED_FAILURE"; exit 1; } ;;
esac
`;

let folder: string;
let cacheDirectory: string;
let pipLog: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  cacheDirectory = join(folder, 'cache');
  pipLog = join(folder, 'pip.log');
  vi.stubEnv('PLAYED_LOG', pipLog);
  vi.stubEnv('PIXTRAL_PYTHON', await program('played-python', PYTHON));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe('the emulator’s Python environment', () => {
  it('is installed once, from the lock with its hashes', async () => {
    const notes: string[] = [];
    const first = await prepareEmulator({ cacheDirectory, onProgress: (note) => notes.push(note) });
    const second = await prepareEmulator({ cacheDirectory, onProgress: (note) => notes.push(note) });
    expect(second).toEqual(first);
    expect(notes).toEqual(['installing the emulated AWS for Python 3.12.1 (once, about 10 s)']);
    expect(await installations()).toHaveLength(1);
    expect((await installations())[0]).toMatch(
      /^-m pip install --require-hashes --no-compile .*-r .*requirements\.lock$/,
    );
  });

  it('is another one for another Python', async () => {
    const first = await prepareEmulator({ cacheDirectory });
    vi.stubEnv('PLAYED_VERSION', '3.13.0');
    expect((await prepareEmulator({ cacheDirectory })).command).not.toBe(first.command);
  });

  it('is made anew when its interpreter has gone', async () => {
    const first = await prepareEmulator({ cacheDirectory });
    await rm(first.command);
    expect(await prepareEmulator({ cacheDirectory })).toEqual(first);
    expect(await installations()).toHaveLength(2);
  });

  it('is not taken from an interrupted set-up, which is removed', async () => {
    const ended = spawnSync('true').pid;
    await mkdir(join(cacheDirectory, `building-${ended}-abc`, 'bin'), { recursive: true });
    await mkdir(join(cacheDirectory, `building-${process.ppid}-abc`), { recursive: true });
    const { command } = await prepareEmulator({ cacheDirectory });
    expect(command).not.toContain('building');
    const left = (await readdir(cacheDirectory)).filter((name) => name.startsWith('building'));
    expect(left).toEqual([`building-${process.ppid}-abc`]);
  });

  it('is whole when two set it up at the same time', async () => {
    const both = await Promise.all([
      prepareEmulator({ cacheDirectory }),
      prepareEmulator({ cacheDirectory }),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect(await readFile(both[0].command, 'utf8')).toBe(PYTHON);
    expect((await readdir(cacheDirectory)).filter((name) => name.startsWith('building'))).toEqual([]);
  });

  it('fails with what pip said last, names the log, and leaves nothing half made', async () => {
    vi.stubEnv('PLAYED_FAILURE', 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES');
    await expect(prepareEmulator({ cacheDirectory })).rejects.toMatchObject({
      name: 'RehearsalError',
      message: 'the emulated AWS could not be installed: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES',
      logFile: join(cacheDirectory, 'emulator-setup.log'),
    });
    expect(await readdir(cacheDirectory)).toEqual(['emulator-setup.log']);
    vi.stubEnv('PLAYED_FAILURE', '');
    await expect(prepareEmulator({ cacheDirectory })).resolves.toHaveProperty('command');
  });
});

describe('without a suitable Python', () => {
  const advice =
    'Debian: apt-get install python3-venv; macOS: brew install python; elsewhere set PIXTRAL_PYTHON=/path/to/python3';

  it('says what was looked for when there is none', async () => {
    vi.stubEnv('PIXTRAL_PYTHON', '');
    vi.stubEnv('PATH', folder);
    expect(await failure()).toBe(
      `Python 3.10 or later with venv is needed for the emulated AWS: python3 was not found; python was not found. ${advice}`,
    );
  });

  it('says which version was found when it is too old', async () => {
    vi.stubEnv('PLAYED_VERSION', '3.9.18');
    expect(await failure()).toBe(
      `Python 3.10 or later with venv is needed for the emulated AWS: ${join(folder, 'played-python')} is Python 3.9.18. ${advice}`,
    );
  });

  it('says what Debian leaves out', async () => {
    const script = `#!/bin/sh\necho "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1\n`;
    vi.stubEnv('PIXTRAL_PYTHON', await program('without-venv', script));
    expect(await failure()).toBe(
      `Python 3.10 or later with venv is needed for the emulated AWS: ${join(folder, 'without-venv')} lacks the module ensurepip. ${advice}`,
    );
  });

  it('takes `python` where `python3` is too old', async () => {
    vi.stubEnv('PIXTRAL_PYTHON', '');
    vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
    await program('python3', '#!/bin/sh\necho 3.8.0\n');
    await program('python', PYTHON);
    const { command } = await prepareEmulator({ cacheDirectory });
    expect(await readFile(command, 'utf8')).toBe(PYTHON);
  });

  async function failure(): Promise<string> {
    const error: unknown = await prepareEmulator({ cacheDirectory }).catch((thrown: unknown) => thrown);
    return error instanceof Error ? error.message : `no error, but ${JSON.stringify(error)}`;
  }
});

async function program(name: string, source: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, source);
  await chmod(path, 0o755);
  return path;
}

async function installations(): Promise<readonly string[]> {
  return (await readFile(pipLog, 'utf8')).trim().split('\n');
}
