// Whether Python packages can be had here. Asked through pip itself, so that its settings (mirror, proxy, …) count.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Why a package cannot be fetched, as the rest of "because …"; undefined when it can.
 * @param {string} name of the package
 * @param {string} python that has pip; a system's own may come without
 */
export async function whyNoPackage(name, python = process.env.PIXTRAL_PYTHON ?? 'python3') {
  const patience = ['--retries', '1', '--timeout', '20', '--disable-pip-version-check'];
  try {
    await run(python, ['-m', 'pip', 'index', 'versions', name, ...patience]);
    return undefined;
  } catch (error) {
    const lines = String(error.stderr || error.message)
      .trim()
      .split('\n');
    return `pip finds no ${name}: ${lines.at(-1)}`;
  }
}
