import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ChatRequest, createClient, type PixtralClient } from '@pixtral-fleet/client';
import { writeSimulatedModel } from '@pixtral-fleet/simulator';
import { type BootReport, type InstanceConfig, parseBootReport, seed } from '../../src/index.ts';
import { BUCKET, type ScriptedAws, startScriptedAws } from '../scripted-aws/start-scripted-aws.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export const PART_BYTES: number = 64 * 1024;
export const WEIGHTS = 'models/tiny/consolidated.safetensors';
export const API_KEY = 'key-of-the-scripted-fleet';

export interface InstanceOptions {
  /** Of the simulated model server. */
  readonly behaviour?: Readonly<Record<string, unknown>>;
  readonly change?: (config: InstanceConfig) => unknown;
  /** Folder that plays the machine's `/`. @default - one of its own */
  readonly root?: string;
  /** What is run. @default - the agent's sources */
  readonly main?: string;
  /** Beside what every agent of these tests has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens between seeding and the start. */
  readonly before?: (aws: ScriptedAws) => void;
}

/** An agent as it runs on an instance: a process of its own, with AWS, machine and model server around it. */
export interface Instance extends AsyncDisposable {
  readonly aws: ScriptedAws;
  readonly pid: number;
  /** Exit code. */
  readonly exited: Promise<number | null>;
  /** Lines of its JSON log. */
  readonly log: readonly string[];
  url(): Promise<string>;
  /** Changes how model servers that are started from now on behave. */
  behave(behaviour: Readonly<Record<string, unknown>>): Promise<void>;
  /** Resolves when `/ready` has this status. */
  untilReady(status: 200 | 503): Promise<void>;
  untilLogged(text: string): Promise<void>;
  enginePid(): number;
  report(): BootReport;
  localReport(): Promise<BootReport>;
  signal(name: NodeJS.Signals): void;
  /** A client of its gateway, without retries. */
  client(): Promise<PixtralClient & AsyncDisposable>;
}

export async function startInstance(options: InstanceOptions = {}): Promise<Instance> {
  const folder = await temporaryFolder();
  const aws = await startScriptedAws();
  const root = options.root ?? join(folder.path, 'root');
  const behaviourFile = join(folder.path, 'behaviour.json');
  const behave = (behaviour: Readonly<Record<string, unknown>>) =>
    writeFile(behaviourFile, JSON.stringify({ perPictureMs: 0, ...behaviour }));
  await behave(options.behaviour ?? {});
  await seedBucket(aws, folder.path, behaviourFile);
  options.before?.(aws);
  await writeConfig(root, options.change ?? ((config) => config));
  const log: string[] = [];
  const child = spawn(process.execPath, [options.main ?? mainFile('@pixtral-fleet/agent'), 'run'], {
    env: {
      PIXTRAL_ROOT: root,
      PIXTRAL_GATEWAY_HOST: '127.0.0.1',
      PIXTRAL_GATEWAY_PORT: '0',
      PIXTRAL_PROMETHEUS_PORT: '0',
      AWS_ENDPOINT_URL: aws.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: aws.url,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      log.push(...lines);
    });
  }

  const logged = (field: string) => log.flatMap((line) => fieldOf(line, field));

  async function url(): Promise<string> {
    const isOver = exited.then(() => true);
    while (logged('port').length === 0) {
      const over = await Promise.race([isOver, sleep(20, false)]);
      if (over) throw new Error(`the agent ended before it listened: ${log.join('\n')}`);
    }
    return `http://127.0.0.1:${logged('port')[0]}`;
  }

  return {
    aws,
    pid: child.pid ?? -1,
    exited,
    log,
    url,
    behave,
    async untilReady(status) {
      const ready = `${await url()}/ready`;
      while ((await fetch(ready)).status !== status) await sleep(20);
    },
    async untilLogged(text) {
      while (!log.some((line) => line.includes(text))) await sleep(20);
    },
    enginePid: () =>
      Number(
        logged('pid')
          .filter((pid) => pid !== child.pid)
          .at(-1),
      ),
    report: () => parseBootReport(JSON.parse(aws.bucket.text('boot-reports/7/i-0abc.json'))),
    localReport: async () =>
      parseBootReport(
        JSON.parse(await readFile(join(root, 'var', 'lib', 'pixtral', 'boot-report.json'), 'utf8')),
      ),
    signal: (name) => child.kill(name),
    async client() {
      const client = createClient({
        baseUrl: await url(),
        apiKey: API_KEY,
        model: CONFIG.servedModelName,
        retries: 0,
      });
      return { ...client, [Symbol.asyncDispose]: () => client.close() };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const over = await Promise.race([exited.then(() => true), sleep(2_000, false)]);
      // The second one is meant.
      if (!over) child.kill('SIGTERM');
      await exited;
      await aws[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function seedBucket(aws: ScriptedAws, folder: string, behaviourFile: string): Promise<void> {
  const model = join(folder, 'model');
  await writeSimulatedModel(model, { bytes: 3 * PART_BYTES });
  const runtime = join(folder, 'runtime');
  await mkdir(join(runtime, 'bin'), { recursive: true });
  const script = `#!/bin/sh\nPIXTRAL_SIMULATE_FILE='${behaviourFile}' exec '${process.execPath}' '${mainFile('@pixtral-fleet/simulator')}' "$@"\n`;
  await writeFile(join(runtime, 'bin', 'vllm'), script, { mode: 0o755 });
  const common = { s3: aws.s3, bucket: BUCKET, partBytes: PART_BYTES };
  await seed({ ...common, prefix: 'models/tiny/', name: 'tiny', folder: model });
  await seed({ ...common, prefix: 'runtimes/simulated/', name: 'simulated', folder: runtime });
}

async function writeConfig(root: string, change: (config: InstanceConfig) => unknown): Promise<void> {
  await mkdir(join(root, 'etc', 'pixtral'), { recursive: true });
  await writeFile(join(root, 'etc', 'pixtral', 'instance.json'), JSON.stringify(change(CONFIG)));
}

const CONFIG: InstanceConfig = {
  version: 1,
  region: 'us-east-1',
  stackName: 'fleet',
  launchHook: 'pixtral-ready',
  terminateHook: 'pixtral-drain',
  bucket: BUCKET,
  modelPrefix: 'models/tiny/',
  runtimePrefix: 'runtimes/simulated/',
  bootReportPrefix: 'boot-reports/',
  servedModelName: 'pixtral-12b',
  logGroup: 'fleet-agents',
  apiKeySecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:key',
  engine: {
    args: ['--max-model-len', '16384', '--max-num-seqs', '16'],
    startTimeoutSeconds: 60,
    shutdownTimeoutSeconds: 5,
    hangTimeoutSeconds: 60,
  },
  gateway: {
    port: 8080,
    maxBodyBytes: 10_000_000,
    bodyMemoryBytes: 100_000_000,
    maxImages: 4,
    maxImagePixels: 16_777_216,
    maxImageBytes: 5_000_000,
    maxInFlight: 16,
    keepAliveSeconds: 75,
    requests: {
      maxChoices: 4,
      maxMessages: 64,
      maxTextBytes: 1_000_000,
      maxSchemaBytes: 2_000,
      grammars: false,
    },
  },
  admission: { deadlineSeconds: 120, checkpoint: 'w8a8' },
  perInstanceType: {},
  filesTimeoutSeconds: 60,
  drainTimeoutSeconds: 60,
  prometheusPort: 9464,
};

function mainFile(name: string): string {
  return join(dirname(fileURLToPath(import.meta.resolve(name))), 'main.ts');
}

function fieldOf(line: string, field: string): unknown[] {
  // pino writes its own process id into every line.
  if (field === 'pid' && !line.includes('"model server started"')) return [];
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && field in value ? [Reflect.get(value, field)] : [];
  } catch {
    // Not a line of the log but of a crash.
    return [];
  }
}

/** Whether a process of this number is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // ESRCH: there is none.
    return false;
  }
}

/** A request whose answer takes about three tokens for each number. */
export function countTo(last: number): ChatRequest {
  return { messages: [{ role: 'user', content: `Count from 1 to ${last}` }], max_tokens: 10_000 };
}
