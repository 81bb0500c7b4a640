import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { createAwsClients } from '../aws/aws-clients.ts';
import { RUNTIME_FORMATS } from '../runtime/runtime-format.ts';
import { buildRuntime } from './build-runtime.ts';
import { fillBucket } from './fill-bucket.ts';
import { readHubToken } from './read-hub-token.ts';
import { findRuntimeRecipe, RUNTIME_KINDS } from './runtime-kinds.ts';
import { seed } from './seed.ts';
import { loadSeedPlan } from './seed-plan.ts';

const HELP = `pixtral-seeder: brings checkpoints and the runtime into the fleet's bucket

  pixtral-seeder fill --plan F --bucket B --region R [--token-secret ARN] [--work D] [--python P]
      what the plan says: checkpoints from the hub, each at its revision, every hash checked; the runtime built from its
      lock file; skips what is there already. --python is 3.12 and installs the packages (default python3.12)
  pixtral-seeder seed --folder F --bucket B --prefix P --name N --region R
      a folder of model files or a runtime, its manifest last
  pixtral-seeder build-runtime --kind gpu|cpu --out F [--python P] [--interpreter P] [--format squashfs|tar.zst]
      install the locked packages of vLLM, every hash checked, and pack them into the folder F;
      --python installs them (default python3.12), --interpreter runs them (default /usr/bin/python3.12)

Environment of fill: HF_ENDPOINT is the hub (default https://huggingface.co); PIXTRAL_SEEDER_RUNTIME is the folder of a
runtime that was built elsewhere, seeded as it is; PIXTRAL_SEEDER_PART_BYTES is the size of the manifest's parts.

Exit codes: 0 filled, seeded or built, 1 failed, 2 wrong usage.
`;

const VERBS: Readonly<Record<string, (args: readonly string[], signal: AbortSignal) => Promise<void>>> = {
  fill: runFill,
  seed: runSeed,
  'build-runtime': runBuild,
};

process.exitCode = await main(process.argv.slice(2));
// Keep-alive connections of the AWS clients would hold the process for a while.
process.exit();

async function main([verb = '', ...args]: readonly string[]): Promise<number> {
  const run = VERBS[verb];
  if (!run) {
    process.stdout.write(HELP);
    return verb === '--help' || verb === '' ? 0 : 2;
  }
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stopped.abort(new Error('stopped')));
  }
  try {
    await run(args, stopped.signal);
    return 0;
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof TypeError ? 2 : 1;
  }
}

async function runFill(args: readonly string[], signal: AbortSignal): Promise<void> {
  const values = parse(args, ['plan', 'bucket', 'region', 'token-secret', 'work', 'python']);
  const plan = need(values, 'plan');
  const clients = createAwsClients(need(values, 'region'));
  const secret = values['token-secret'];
  const workFolder = values.work ?? tmpdir();
  await mkdir(workFolder, { recursive: true });
  const { HF_ENDPOINT, PIXTRAL_SEEDER_RUNTIME, PIXTRAL_SEEDER_PART_BYTES } = process.env;
  await fillBucket({
    plan: await loadSeedPlan(plan),
    source: dirname(plan),
    s3: clients.s3,
    bucket: need(values, 'bucket'),
    hub: {
      ...(HF_ENDPOINT ? { endpoint: HF_ENDPOINT } : {}),
      token: secret ? await readHubToken(clients.secretsManager, secret) : undefined,
      tokenAdvice: adviseToken(secret),
    },
    workFolder,
    python: values.python ?? 'python3.12',
    runtimeFolder: PIXTRAL_SEEDER_RUNTIME,
    partBytes: PIXTRAL_SEEDER_PART_BYTES ? Number(PIXTRAL_SEEDER_PART_BYTES) : undefined,
    signal,
    onProgress: tellProgress(),
  });
}

function adviseToken(secret: string | undefined): string {
  return secret
    ? `"pixtral secret set-hf-token" (it is kept in ${secret}) and deploy again`
    : 'name its secret with --token-secret';
}

/** Seconds since the start before each note: the times that one wants to know afterwards. */
function tellProgress(): (note: string) => void {
  const began = performance.now();
  return (note) => console.log(`${((performance.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${note}`);
}

async function runSeed(args: readonly string[], signal: AbortSignal): Promise<void> {
  const values = parse(args, ['folder', 'bucket', 'prefix', 'name', 'region']);
  const bucket = need(values, 'bucket');
  const given = need(values, 'prefix');
  const prefix = given.endsWith('/') ? given : `${given}/`;
  const manifest = await seed({
    bucket,
    prefix,
    folder: need(values, 'folder'),
    name: need(values, 'name'),
    s3: createAwsClients(need(values, 'region')).s3,
    signal,
    onProgress: ({ path, bytes }) => console.error(`${path} (${(bytes / 1_048_576).toFixed(1)} MiB)`),
  });
  console.log(`${manifest.files.length} files and ${prefix}manifest.json in s3://${bucket}`);
}

async function runBuild(args: readonly string[], signal: AbortSignal): Promise<void> {
  const values = parse(args, ['kind', 'out', 'python', 'interpreter', 'format']);
  await buildRuntime({
    recipe: findRuntimeRecipe(oneOf('kind', need(values, 'kind'), RUNTIME_KINDS)),
    format: oneOf('format', values.format ?? 'squashfs', RUNTIME_FORMATS),
    out: need(values, 'out'),
    python: values.python ?? 'python3.12',
    ...(values.interpreter ? { interpreter: values.interpreter } : {}),
    signal,
    onProgress: (note) => console.error(note),
  });
}

type Values = Readonly<Record<string, string | undefined>>;

function parse(args: readonly string[], names: readonly string[]): Values {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  return parseArgs({ args: [...args], options }).values as Values;
}

/** @throws TypeError that lists what is known. */
function oneOf<Known extends string>(name: string, given: string, known: readonly Known[]): Known {
  const found = known.find((each) => each === given);
  if (found) return found;
  throw new TypeError(`--${name} must be one of ${known.join(', ')}, got ${JSON.stringify(given)}`);
}

function need(values: Values, name: string): string {
  const value = values[name];
  if (value) return value;
  throw new TypeError(`--${name} is missing (pixtral-seeder --help)`);
}
