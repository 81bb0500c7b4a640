import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createAwsClients } from './aws/aws-clients.ts';
import { locateMachine } from './config/machine.ts';
import { LogShipper } from './logs/log-shipper.ts';
import { runAgent } from './run-agent.ts';
import { RUNTIME_FORMATS } from './runtime/runtime-format.ts';
import { buildRuntime } from './seeder/build-runtime.ts';
import { findRuntimeRecipe, RUNTIME_KINDS } from './seeder/runtime-kinds.ts';
import { seed } from './seeder/seed.ts';

const HELP = `pixtral-agent: what runs on each GPU instance

  pixtral-agent run
      boot, pass the gate, serve, drain; reads /etc/pixtral/instance.json
  pixtral-agent seed --folder F --bucket B --prefix P --name N --region R
      write a folder of model files or a runtime to the bucket, its manifest last
  pixtral-agent build-runtime --kind gpu|cpu --out F [--python P] [--interpreter P] [--format squashfs|tar.zst]
      install the locked packages of vLLM, every hash checked, and pack them into the folder F;
      --python installs them (default python3.12), --interpreter runs them (default /usr/bin/python3.12)

Exit codes: 0 drained, seeded or built, 1 must not serve or failed, 2 wrong usage.
`;

/** Secrets; and the pictures of a failed gate, 100 KB that are in the boot report. */
const REDACTED = ['*.authorization', '*.apiKey', 'apiKeys', 'err.answers[*].picture'];

process.exitCode = await main(process.argv.slice(2));
// Keep-alive connections of the AWS clients would hold the process for a while.
process.exit();

async function main(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  if (verb === 'run' && rest.length === 0) return run();
  if (verb === 'seed') return runSeed(rest);
  if (verb === 'build-runtime') return runBuild(rest);
  process.stdout.write(HELP);
  return verb === '--help' || verb === undefined ? 0 : 2;
}

async function run(): Promise<number> {
  const logs = new LogShipper();
  const logger = pino(
    { redact: REDACTED },
    pino.multistream([{ stream: pino.destination({ fd: 1, sync: true }) }, { stream: logs }]),
  );
  const terminate = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // The second one is meant: systemd's own patience has ended, or a person's.
      if (terminate.signal.aborted) process.exit(1);
      terminate.abort();
    });
  }
  try {
    await runAgent({ machine: locateMachine(), logger, logs, terminate: terminate.signal });
    return 0;
  } catch (error) {
    logger.fatal({ err: error }, 'the agent ends');
    return 1;
  } finally {
    logs.close();
    await logs.flush();
  }
}

async function runSeed(args: readonly string[]): Promise<number> {
  const names = ['folder', 'bucket', 'prefix', 'name', 'region'] as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    });
    const given = Object.fromEntries(names.map((name) => [name, need(values, name)])) as Record<
      (typeof names)[number],
      string
    >;
    const prefix = given.prefix.endsWith('/') ? given.prefix : `${given.prefix}/`;
    const manifest = await seed({
      ...given,
      prefix,
      s3: createAwsClients(given.region).s3,
      onProgress: ({ path, bytes }) => console.error(`${path} (${(bytes / 1_048_576).toFixed(1)} MiB)`),
    });
    console.log(`${manifest.files.length} files and ${prefix}manifest.json in s3://${given.bucket}`);
    return 0;
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof TypeError ? 2 : 1;
  }
}

async function runBuild(args: readonly string[]): Promise<number> {
  const stopped = new AbortController();
  process.once('SIGINT', () => stopped.abort(new Error('stopped')));
  process.once('SIGTERM', () => stopped.abort(new Error('stopped')));
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kind: { type: 'string' },
        out: { type: 'string' },
        python: { type: 'string', default: 'python3.12' },
        interpreter: { type: 'string' },
        format: { type: 'string', default: 'squashfs' },
      },
    });
    await buildRuntime({
      recipe: findRuntimeRecipe(oneOf('kind', need(values, 'kind'), RUNTIME_KINDS)),
      format: oneOf('format', values.format, RUNTIME_FORMATS),
      out: need(values, 'out'),
      python: values.python,
      ...(values.interpreter ? { interpreter: values.interpreter } : {}),
      signal: stopped.signal,
      onProgress: (note) => console.error(note),
    });
    return 0;
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof TypeError ? 2 : 1;
  }
}

/** @throws TypeError that lists what is known. */
function oneOf<Known extends string>(name: string, given: string, known: readonly Known[]): Known {
  const found = known.find((each) => each === given);
  if (found) return found;
  throw new TypeError(`--${name} must be one of ${known.join(', ')}, got ${JSON.stringify(given)}`);
}

function need(values: Readonly<Record<string, unknown>>, name: string): string {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`--${name} is missing (pixtral-agent --help)`);
}
