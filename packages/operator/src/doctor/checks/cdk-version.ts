import { spawn } from 'node:child_process';
import { cdkCommand } from '@pixtral-fleet/infra/cdk-command';
import type { DoctorCheck } from '../doctor-check.ts';
import { fail, ok } from '../finding.ts';

/** The version that this app was synthesised and deployed with. */
const PINNED = '2.1148.1';

/** npm's `latest` may be an accidental publish that cannot read current assemblies (aws-cdk issues 38113 and 38230). */
const ACCIDENTAL = '3.0.0';

export const cdkVersion: DoctorCheck = {
  id: 'cdk',
  needs: 'nothing',
  run: async ({ signal }) => {
    const version = await readVersion(signal);
    if (version === PINNED) return ok(`aws-cdk ${version}, the pinned one`);
    const why =
      version === ACCIDENTAL ? ', an accidental publish that cannot read assemblies of aws-cdk-lib 2' : '';
    return fail(`aws-cdk is ${version}${why}; expected ${PINNED}`, 'npm ci');
  },
};

/** What the command line says of itself, not what a file says about it. */
async function readVersion(signal: AbortSignal): Promise<string> {
  const { command, args } = cdkCommand(['--version']);
  const child = spawn(command, args, { signal, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  return text.trim().split(' ')[0] || 'not installed';
}
