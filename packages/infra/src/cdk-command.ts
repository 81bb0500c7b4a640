import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program and arguments that start the pinned CDK command line on the Node that runs this process. */
export interface CdkCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Folder of this package: its `cdk.json` names the app. */
export const INFRA_FOLDER: string = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The `--app` of the CDK command line, usable from any working folder. The space at its end keeps the quotes: the command
 * line takes those around an argument for its own when one is its first and one its last character.
 */
export const CDK_APP: string = `${JSON.stringify(process.execPath)} ${JSON.stringify(join(INFRA_FOLDER, 'src', 'app.ts'))} `;

/**
 * The `aws-cdk` that the lock file pins, never a global one: npm's `latest` (3.0.0) is an accidental publish
 * that cannot read current assemblies (aws-cdk issue 38113).
 */
export function cdkCommand(args: readonly string[]): CdkCommand {
  const manifest = createRequire(import.meta.url).resolve('aws-cdk/package.json');
  return { command: process.execPath, args: [join(dirname(manifest), 'bin', 'cdk'), ...args] };
}
