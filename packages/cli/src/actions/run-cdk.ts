import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { cdkCommand, INFRA_FOLDER } from '@pixtral-fleet/infra/cdk-command';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';

/** The pinned CDK command line on this repository's app, its output shown. */
export async function runCdk(args: readonly string[]): Promise<ExitCode> {
  // Ctrl-C reaches the CDK command line by itself; this process waits for it to leave in order.
  const { signal } = interruptSignal();
  const { command, args: all } = cdkCommand([...args, '--no-notices']);
  const child = spawn(command, all, {
    cwd: INFRA_FOLDER,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}` },
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (signal.aborted) return EXIT.interrupted;
  return code === 0 ? EXIT.ok : EXIT.failed;
}
