import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { writeSection } from '@pixtral-fleet/smoke-tests/write-section';
import { REPOSITORY } from '../src/bundle/cache-folder.ts';
import { cdkCommand, INFRA_FOLDER } from '../src/cdk-command.ts';

// How long synth of the default stack takes, every run a process of its own, beside that of an empty CDK app.
//   --write   puts the result into docs/performance.md
const ROUNDS = 7;
const GOAL_SECONDS = 4;

const execute = promisify(execFile);
const appFile = (name: string) => join(INFRA_FOLDER, 'bench', `${name}.ts`);
// The space keeps the quotes: see CDK_APP.
const cdk = cdkCommand([
  ...['synth', '--quiet', '--no-version-reporting', '--no-notices'],
  ...['--app', `"${process.execPath}" "${appFile('default-app')}" `],
]);
const cases = {
  empty: { title: 'an empty CDK app', command: [process.execPath, appFile('empty-app')] },
  fleet: { title: '**the default stack**', command: [process.execPath, appFile('default-app')] },
  whole: {
    title: 'the default stack by the CDK command line, as `pixtral synth` calls it',
    command: [cdk.command, ...cdk.args],
  },
} as const;
type Case = keyof typeof cases;
const NAMES = Object.keys(cases) as Case[];

const { values: options } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const seconds: Record<Case, number[]> = { empty: [], fleet: [], whole: [] };
// The first round fills the page cache, and packs Node for the instances if nothing has yet.
for (let round = 0; round <= ROUNDS; round++) {
  for (const name of NAMES) {
    const took = await timeRun(cases[name].command);
    if (round > 0) seconds[name].push(took);
  }
}
const text = format();
console.log(text);
if (options.write)
  await writeSection({ document: join(REPOSITORY, 'docs', 'performance.md'), name: 'synth' }, text);
const slow = median(seconds.fleet) > GOAL_SECONDS;
if (slow) console.error(`the default stack takes more than ${GOAL_SECONDS} s`);
process.exitCode = slow ? 1 : 0;

async function timeRun([file, ...args]: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'pixtral-synth-'));
  try {
    const began = performance.now();
    await execute(file ?? '', args, {
      cwd: folder,
      env: { ...process.env, CDK_OUTDIR: join(folder, 'out') },
    });
    return (performance.now() - began) / 1_000;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function format(): string {
  const rows = NAMES.map((name) => {
    const values = seconds[name];
    const ratio = median(values.map((value, round) => value / (seconds.empty[round] ?? Number.NaN)));
    const spread = `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)} s`;
    return `| ${cases[name].title} | ${median(values).toFixed(2)} s | ${spread} | ${ratio.toFixed(2)} |`;
  });
  return [
    `${ROUNDS} rounds, interleaved, every run a fresh process; ${availableParallelism()} cores, Node ${process.versions.node}. Goal: ${GOAL_SECONDS} s.`,
    '',
    '| synth of | median | spread | ratio |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
