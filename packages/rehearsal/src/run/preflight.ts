import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RehearsalError } from './failure.ts';

const run = promisify(execFile);

/** curl signs requests for S3 itself (`--aws-sigv4`) since this version (curl changelog, 2021-02). */
const OLDEST_CURL: readonly [number, number] = [7, 75];

/**
 * The user data of an instance is a shell script, and the rehearsal runs that very script: it needs what the AMI has.
 * Throws with what is missing and how to get it.
 */
export async function checkHostTools(): Promise<void> {
  if (process.platform === 'win32') {
    throw new RehearsalError('the rehearsal runs on Linux and macOS; on Windows use WSL');
  }
  await version('bash');
  await version('tar');
  const printed = await version('curl');
  const [, major = '0', minor = '0'] = /curl (\d+)\.(\d+)/.exec(printed) ?? [];
  if (
    Number(major) < OLDEST_CURL[0] ||
    (Number(major) === OLDEST_CURL[0] && Number(minor) < OLDEST_CURL[1])
  ) {
    throw new RehearsalError(
      `curl ${OLDEST_CURL.join('.')} or later is needed to run the instances' user data, got ${major}.${minor}`,
    );
  }
}

async function version(tool: string): Promise<string> {
  try {
    return (await run(tool, ['--version'])).stdout;
  } catch (error) {
    throw new RehearsalError(
      `"${tool}" was not found: the rehearsal runs the instances' user data, which needs bash, curl and tar (Debian: apt-get install ${tool})`,
      { cause: error },
    );
  }
}
