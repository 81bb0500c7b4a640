import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BootReport, parseBootReport } from '@pixtral-fleet/agent';
import { type MetadataService, startMetadataService } from '../metadata/index.ts';
import { type LoggedProcess, startLogged } from '../run/child-process.ts';
import { findFreePort } from '../run/free-port.ts';
import { clearBelow } from '../run/residue.ts';
import type { FleetInstance, InstanceOptions } from './fleet-instance.ts';
import { metadataOf, writeUserData } from './instance-surroundings.ts';

/** An "EC2 instance" of this machine: its user data runs under bash, with a root folder, port and metadata service of its own. */
export class LocalInstance implements FleetInstance {
  readonly id: string;
  readonly type: string;
  readonly root: string;
  readonly logFile: string;
  readonly gatewayHost = '127.0.0.1';
  readonly gatewayPort: number;
  /** Exit code of the user data, which ends with the agent. */
  readonly exited: Promise<number | null>;
  readonly startedAt: number;
  #exitCode: number | null | undefined;
  readonly #process: LoggedProcess;
  readonly #metadata: MetadataService;

  private constructor(init: {
    readonly options: InstanceOptions;
    readonly gatewayPort: number;
    readonly process: LoggedProcess;
    readonly metadata: MetadataService;
  }) {
    this.id = init.options.instance.id;
    this.type = init.options.instance.type;
    this.root = init.options.root;
    this.logFile = init.options.logFile;
    this.gatewayPort = init.gatewayPort;
    this.#process = init.process;
    this.#metadata = init.metadata;
    this.exited = init.process.exited;
    this.startedAt = performance.now();
    this.exited.then(
      (code) => {
        this.#exitCode = code;
      },
      () => {
        this.#exitCode = null;
      },
    );
  }

  /** @param lifecycleState the group's current state of this instance, asked at each metadata request. */
  static async boot(options: InstanceOptions, lifecycleState: () => string): Promise<LocalInstance> {
    const script = await writeUserData(options);
    const metadata = await startMetadataService(metadataOf(options, lifecycleState));
    const gatewayPort = await findFreePort();
    const process = startLogged('bash', [script], {
      cwd: options.root,
      logFile: options.logFile,
      env: localEnvironment(options, { gatewayPort, metadataUrl: metadata.url }),
    });
    return new LocalInstance({ options, gatewayPort, process, metadata });
  }

  /** Exit code of the user data; null when a signal ended it, undefined while it runs. */
  get exitCode(): number | null | undefined {
    return this.#exitCode;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The agent's own account of its boot, or undefined as long as there is none. */
  bootReport(): Promise<BootReport | undefined> {
    return readBootReport(this.root);
  }

  /** Of the model server itself. */
  get engineSocket(): string {
    return join(this.root, 'run', 'pixtral', 'engine.sock');
  }

  /** Ends the machine as EC2 does: nothing of it is left, neither processes nor mounts. */
  async terminate(graceMs = 2_000): Promise<void> {
    await this.#process.stop(graceMs);
    await clearBelow(this.root);
    await this.#metadata.stop();
  }
}

/** The agent's own account of its boot below a machine's root, or undefined as long as there is none. */
export async function readBootReport(root: string): Promise<BootReport | undefined> {
  const text = await readIfThere(join(root, 'var', 'lib', 'pixtral', 'boot-report.json'));
  return text?.trim() ? parseBootReport(JSON.parse(text)) : undefined;
}

/** What user data and agent see of this machine in place of EC2's. */
export function localEnvironment(
  options: Pick<InstanceOptions, 'root' | 'endpointUrl'>,
  local: { readonly gatewayPort: number; readonly metadataUrl: string },
): NodeJS.ProcessEnv {
  return {
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    HOME: options.root,
    PIXTRAL_ROOT: options.root,
    PIXTRAL_NODE: process.execPath,
    PIXTRAL_INIT: 'exec',
    PIXTRAL_GATEWAY_HOST: '127.0.0.1',
    PIXTRAL_GATEWAY_PORT: String(local.gatewayPort),
    // All instances share this machine's loopback.
    PIXTRAL_PROMETHEUS_PORT: '0',
    AWS_ENDPOINT_URL: options.endpointUrl,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: local.metadataUrl,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** A file may be half written at the moment of reading; a second look sees the whole of it. */
async function readIfThere(path: string): Promise<string | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      const text = await readFile(path, 'utf8');
      if (text === '' || isJson(text)) return text;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    if (attempt >= 20) throw new Error(`${path} is not valid JSON, and stayed so for a second`);
    await sleep(50);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not yet whole; the caller reads again.
    return false;
  }
}
