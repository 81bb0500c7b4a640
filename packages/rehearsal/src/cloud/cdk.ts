import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { CDK_APP, cdkCommand } from '@pixtral-fleet/infra/cdk-command';
import { startLogged } from '../run/child-process.ts';
import { RehearsalError } from '../run/failure.ts';

/** The one account of the emulated AWS. */
export const REHEARSAL_ACCOUNT = '000000000000';

export interface CdkOptions {
  readonly folder: string;
  readonly logs: string;
  readonly endpointUrl: string;
  readonly region: string;
  /** What this rehearsal changes about the template; see `rehearsal-context.ts` of infra. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

export interface AssemblyOptions {
  /** Folder beside the others. @default 'cdk.out' */
  readonly assembly?: string;
  /** What it changes beside the rehearsal's own context. @default - nothing */
  readonly context?: Readonly<Record<string, string>>;
}

const FIRST_ASSEMBLY = 'cdk.out';

/**
 * The pinned CDK command line, pointed at the emulated AWS and cut off from the user's own configuration:
 * a home of its own, since the CLI caches account numbers by access key there.
 */
export class RehearsalCdk {
  readonly #options: CdkOptions;

  private constructor(options: CdkOptions) {
    this.#options = options;
  }

  static async create(options: CdkOptions): Promise<RehearsalCdk> {
    const config = { app: CDK_APP, context: options.context };
    await writeFile(join(options.folder, 'cdk.json'), `${JSON.stringify(config, null, 2)}\n`);
    return new RehearsalCdk(options);
  }

  /** Needs no app, and in a folder that has none it synthesises none: it runs beside `synth`. */
  async bootstrap(): Promise<void> {
    const folder = join(this.#options.folder, 'bootstrap');
    await mkdir(folder, { recursive: true });
    await this.#run('bootstrap', ['bootstrap', `aws://${REHEARSAL_ACCOUNT}/${this.#options.region}`], {
      folder,
    });
  }

  /** Makes an assembly: `cdk.out`, or one of another name with more context. */
  synth(options: AssemblyOptions = {}): Promise<void> {
    const { assembly = FIRST_ASSEMBLY, context = {} } = options;
    const given = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
    return this.#run(stepName('synth', assembly), ['synth', '--quiet', '--output', assembly, ...given]);
  }

  /** Deploys a synthesised assembly and returns the outputs of its one stack. */
  async deploy(stackName: string, options: Pick<AssemblyOptions, 'assembly'> = {}): Promise<unknown> {
    const { assembly = FIRST_ASSEMBLY } = options;
    await this.#run(stepName('deploy', assembly), [
      ...['deploy', '--app', assembly, '--require-approval', 'never', '--progress', 'events'],
      ...['--outputs-file', 'outputs.json'],
    ]);
    const outputs: unknown = JSON.parse(await readFile(join(this.#options.folder, 'outputs.json'), 'utf8'));
    return typeof outputs === 'object' && outputs !== null ? Reflect.get(outputs, stackName) : undefined;
  }

  /** Whether synth has got so far that there may be a stack. */
  hasAssembly(): boolean {
    return existsSync(join(this.#options.folder, FIRST_ASSEMBLY, 'manifest.json'));
  }

  /** Deletes the stack; `signal` is not the rehearsal's own, which may have aborted before. */
  destroy(signal: AbortSignal): Promise<void> {
    return this.#run('destroy', ['destroy', '--app', FIRST_ASSEMBLY, '--force'], { signal });
  }

  async #run(
    name: string,
    args: readonly string[],
    { signal = this.#options.signal, folder = this.#options.folder } = {},
  ): Promise<void> {
    signal.throwIfAborted();
    const { logs } = this.#options;
    const logFile = join(logs, `cdk-${name}.log`);
    const command = cdkCommand([...args, '--no-notices', '--no-version-reporting', '--no-color']);
    const child = startLogged(command.command, command.args, {
      cwd: folder,
      env: this.#environment(),
      logFile,
    });
    const onAbort = () => void child.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const code = await child.exited;
      signal.throwIfAborted();
      if (code !== 0) {
        throw new RehearsalError(firstCause(await readFile(logFile, 'utf8')), {
          logFile,
        });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #environment(): NodeJS.ProcessEnv {
    const { endpointUrl, region, folder } = this.#options;
    return {
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
      HOME: folder,
      CDK_HOME: folder,
      CDK_DISABLE_VERSION_CHECK: '1',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      NO_COLOR: '1',
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      ...(process.env.PIXTRAL_CONFIG ? { PIXTRAL_CONFIG: process.env.PIXTRAL_CONFIG } : {}),
    };
  }
}

/** Of a step's log: `deploy`, and `deploy-update` for the assembly `update.out`. */
function stepName(step: string, assembly: string): string {
  return assembly === FIRST_ASSEMBLY ? step : `${step}-${assembly.replace(/\.out$/, '')}`;
}

/** What the command line printed as the reason; its log has the rest. */
export function firstCause(log: string): string {
  const lines = log.split('\n').map((line) => line.trim());
  const failed = lines.filter((line) => /CREATE_FAILED|UPDATE_FAILED/.test(line) && !/cancelled/i.test(line));
  const named = lines.filter((line) => /^(\[?Error|Error:|❌|.*\berror\b.*:)/i.test(line));
  if (failed[0]) return reasonFirst(failed[0]);
  if (named[0]) return named[0].replace(/^(?:\[?Error\]?|ERROR)[: ]\s*/, '');
  return lines.filter((line) => line !== '').at(-1) ?? 'it printed nothing';
}

/** `stack | n | time | STATUS | Type | Construct/Path (LogicalId) reason`, as `--progress events` prints it. */
const FAILED_EVENT = /\|\s*(?:CREATE|UPDATE)_FAILED\s*\|\s*(\S+)\s*\|\s*(\S+(?: \(\w+\))?)\s+(.+)$/;

/** What CloudFormation puts before the words of a custom resource. */
const WRAPPING = /^Received response status \[FAILED\] from custom resource\. Message returned: /;

function reasonFirst(line: string): string {
  const [, type, resource, reason] = FAILED_EVENT.exec(line) ?? [];
  if (reason === undefined) return line;
  return `${reason.replace(WRAPPING, '').replace(/^Error: /, '')} [${type} ${resource?.replace(/ \(\w+\)$/, '')}]`;
}
