// `npm test`: everything that checks the project, on a machine that has nothing but git, Node and Python.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { modernNode, repositoryRoot, setUp } from './setup.mjs';

setUp();

const bin = join(repositoryRoot, 'node_modules', '.bin');
const environment = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: '1',
};
const pixtral = join(repositoryRoot, 'packages', 'cli', 'bin', 'pixtral.mjs');

// Two at a time: the machine that this must pass on has two cores.
const turbo = ['turbo', 'run', '--concurrency=2', '--output-logs=errors-only', '--continue'];

const stages = [
  { name: 'types, lint and templates', command: [...turbo, 'check-types', 'lint', 'synth'] },
  {
    name: 'lint of everything else',
    command: ['biome', 'check', 'scripts', 'pixtral.config.ts', 'package.json'],
  },
  { name: 'shell scripts', command: [modernNode, join(repositoryRoot, 'scripts', 'shellcheck.mjs')] },
  {
    name: 'cfn-lint of every template',
    command: [modernNode, join(repositoryRoot, 'scripts', 'cfn-lint.mjs')],
    skippedWith: 77,
  },
  { name: 'dependencies', command: ['knip'] },
  { name: 'unit tests', command: [...turbo, 'test'] },
  { name: 'rehearsal', command: [modernNode, pixtral, 'rehearse'] },
  {
    name: 'blind model servers are refused',
    command: [modernNode, pixtral, 'rehearse', '--mutant', 'blind', '--json'],
    judge: refusedByTheGate,
  },
  {
    name: 'vLLM on the CPU',
    command: [modernNode, join(repositoryRoot, 'scripts', 'test-vllm.mjs'), '--short', '--if-possible'],
    skippedWith: 77,
  },
];

const results = [];
const skipped = [];
for (const stage of stages) {
  console.log(`\n── ${stage.name}`);
  const started = Date.now();
  const { code, stdout } = await run(stage.command, { capture: stage.judge !== undefined });
  if (stage.skippedWith !== undefined && code === stage.skippedWith) {
    skipped.push(stage.name);
    console.log(`── ${stage.name}: SKIPPED, see above why`);
    continue;
  }
  const problem = stage.judge ? stage.judge(code, stdout) : code === 0 ? undefined : `exit code ${code}`;
  results.push({ name: stage.name, ok: problem === undefined });
  console.log(
    `── ${stage.name}: ${problem ? `FAILED (${problem})` : 'ok'} in ${Math.round((Date.now() - started) / 1000)} s`,
  );
}

const unit = countUnitTests();
const failedStages = results.filter((result) => !result.ok);
const passed = unit.passed + results.length - failedStages.length;
// A stage of unit tests that failed without a failed test (it did not start, say) still counts through its stage.
const failed = unit.failed + failedStages.length;
console.log(
  `\n${unit.passed + unit.failed} unit tests, ${results.length} stages${failedStages.length ? `; failed: ${failedStages.map(({ name }) => name).join(', ')}` : ''}`,
);
if (skipped.length > 0) console.log(`SKIPPED: ${skipped.join(', ')} (neither passed nor failed)`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function run([command, ...args], { capture }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: repositoryRoot,
      env: environment,
      stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
    });
    let stdout = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout }));
  });
}

/** The deployment of a fleet that does not look at pictures must fail, at the gate, and say so. */
function refusedByTheGate(code, stdout) {
  if (code !== 1) return `exit code ${code}, expected 1: a blind fleet was deployed`;
  const report = JSON.parse(stdout);
  const wrong = report.instances.flatMap(({ gate }) => gate).filter(({ ok }) => !ok);
  if (report.ok || wrong.length === 0) return 'the report shows no wrong answer at the gate';
  if (report.leftovers.length > 0) return `left over: ${report.leftovers.join('; ')}`;
  return undefined;
}

/** Sums what vitest wrote for each package. */
function countUnitTests() {
  const total = { passed: 0, failed: 0 };
  const packages = join(repositoryRoot, 'packages');
  for (const name of readdirSync(packages)) {
    const file = join(packages, name, '.vitest', 'report.json');
    if (!existsSync(file)) continue;
    const report = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests;
  }
  return total;
}
