import { execFile } from 'node:child_process';
import { OperatorError } from '../operator-error.ts';

const TOOLS = [
  {
    command: 'aws',
    remedy:
      'install the AWS CLI, version 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  },
  {
    command: 'session-manager-plugin',
    remedy:
      "install AWS's Session Manager plugin: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
  },
] as const;

/** AWS offers the data channel of a session only through its own programs. @throws OperatorError naming what is missing */
export async function checkTunnelTools(): Promise<void> {
  for (const { command, remedy } of TOOLS) {
    if (await runs(command)) continue;
    throw new OperatorError(`a tunnel needs ${command}, which is not on PATH: ${remedy}`);
  }
}

function runs(command: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, ['--version'], (error) => resolve(error === null || error.code !== 'ENOENT'));
  });
}
