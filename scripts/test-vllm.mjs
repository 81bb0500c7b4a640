// `npm run test:vllm`: the rehearsal with a real vLLM on the CPU, and while its fleet serves, what only a real one can show.
//   --short         no drill, fewer questions; what `npm test` runs
//   --if-possible   leaves with code 77 and the reason where vLLM cannot be run (no package index, memory, …)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { modernNode, repositoryRoot, setUp } from './setup.mjs';
import { whyNotVllm } from './vllm-possible.mjs';

const SKIPPED = 77;
const packages = join(repositoryRoot, 'packages');
const endpointFile = join(repositoryRoot, '.rehearsal', 'endpoint.json');

const { values: flags } = parseArgs({
  options: { short: { type: 'boolean' }, 'if-possible': { type: 'boolean' } },
});

setUp();
const whyNot = flags['if-possible'] ? await whyNotVllm() : undefined;
if (whyNot) {
  console.log(`SKIPPED: nothing was tried with a real vLLM, because ${whyNot}`);
  process.exit(SKIPPED);
}

/**
 * Recordings that this server cannot agree with: the agent gives it other limits on purpose (redirects, pixels, choices,
 * idle connections) and one grammar backend instead of "auto" (124: other words about a broken regex), the small model ends
 * some answers before the first word, and 5xx is nothing that a gateway lets through.
 */
const LEFT_OUT = ['124', '243', '252', '319', '412', '107', '40[1-6]', '5'];

/** The shorter selection: operations, text, and pictures of every size and format. */
const recordings = `^(?!${LEFT_OUT.join('|')})${flags.short ? '(0|1|2[0-2])' : ''}`;

/** Run while the fleet serves. Each is a command; its exit code decides. */
const checks = (socket) => [
  {
    name: 'accuracy goals of the small model',
    command: ['nano/src/main.ts', '--socket', socket, '--each', flags.short ? '40' : '200'],
  },
  {
    name: 'tokens of pictures of random sizes',
    command: [
      'smoke-tests/src/image-tokens/main.ts',
      '--socket',
      socket,
      '--seconds',
      flags.short ? '45' : '300',
    ],
  },
  {
    name: `the recorded answers, but ${LEFT_OUT.join(', ')}`,
    command: ['simulator/src/conformance/main.ts', '--socket', socket, '--only', recordings],
  },
  // Last: the fleet has borne all that.
  { name: 'smoke checks', command: ['cli/bin/pixtral.mjs', 'verify'] },
];

const results = [];
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interrupted.abort());

const rehearsal = startRehearsal();
const endpoint = await untilKept(rehearsal);
if (endpoint) {
  for (const { name, command } of checks(endpoint.engineSockets[0])) {
    if (interrupted.signal.aborted) break;
    console.log(`\n── ${name}`);
    const began = Date.now();
    const code = await run(command);
    report(name, code === 0 ? undefined : `exit code ${code}`, began);
  }
  // A second one would end it in a hurry.
  if (!interrupted.signal.aborted) rehearsal.child.kill('SIGINT');
}
const { code, stdout } = await rehearsal.ended;
report('rehearsal with vLLM on the CPU', judgeRehearsal(code, stdout), rehearsal.began);

const failed = results.filter(({ problem }) => problem !== undefined);
console.log(`\nreport: ${join(repositoryRoot, '.rehearsal', 'report.html')}`);
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exit(interrupted.signal.aborted ? 130 : failed.length === 0 ? 0 : 1);

function startRehearsal() {
  const args = ['rehearse', '--engine', 'vllm', '--keep', '--json', ...(flags.short ? ['--no-drill'] : [])];
  // A process group of its own: Ctrl-C reaches it once, from here, after the check that is under way.
  const child = spawn(modernNode, [join(packages, 'cli', 'bin', 'pixtral.mjs'), ...args], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  const ended = once(child, 'close').then(([exitCode]) => ({ code: exitCode, stdout }));
  interrupted.signal.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
  return { child, ended, began: Date.now() };
}

/** What the rehearsal writes when its fleet has been verified and is left running; undefined when it ended before. */
async function untilKept({ ended, began }) {
  const over = ended.then(() => true);
  while (!(await Promise.race([over, sleep(500, false)]))) {
    if (existsSync(endpointFile) && statSync(endpointFile).mtimeMs > began) {
      return JSON.parse(readFileSync(endpointFile, 'utf8'));
    }
  }
  return undefined;
}

function run([file, ...args]) {
  const child = spawn(modernNode, [join(packages, file), ...args], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return once(child, 'close').then(([exitCode]) => exitCode);
}

function judgeRehearsal(exitCode, printed) {
  if (exitCode !== 0) return `exit code ${exitCode}`;
  const { ok, leftovers, engine } = JSON.parse(printed);
  if (!ok || engine !== 'vllm') return `its report says ok: ${ok}, engine: ${engine}`;
  return leftovers.length > 0 ? `left over: ${leftovers.join('; ')}` : undefined;
}

function report(name, problem, began) {
  results.push({ name, problem });
  const seconds = Math.round((Date.now() - began) / 1_000);
  console.log(`── ${name}: ${problem ? `FAILED (${problem})` : 'ok'} in ${seconds} s`);
}
