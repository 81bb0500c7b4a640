// `npm run chaos`: see scripts/chaos.mjs and docs/reliability.md.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RehearsalError } from '../run/failure.ts';
import type { ProgressEvent } from '../run/progress.ts';
import { formatEvent, formatSchedule, formatVerdict, formatViolations, seconds } from './format-result.ts';
import { CHAOS_KINDS } from './kinds.ts';
import { CHAOS_HELP, type ChaosOptions, ChaosUsageError, parseChaosOptions } from './options.ts';
import { renderReliabilityPage } from './reliability-page.ts';
import { type ChaosRun, hasSmallDisks, runChaos } from './run-chaos.ts';
import { planSchedule } from './schedule.ts';
import { summarise } from './verdict.ts';

const repository = join(import.meta.dirname, '..', '..', '..', '..');
const DISK_KINDS = ['disk-full', 'disk-full-restart'] as const;

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupted.abort());

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isTold = error instanceof RehearsalError || error instanceof ChaosUsageError;
  if (interrupted.signal.aborted) console.error('interrupted: everything has been ended');
  else console.error(isTold ? error.message : error);
  if (error instanceof RehearsalError && error.logFile) console.error(`see ${error.logFile}`);
  process.exitCode = interrupted.signal.aborted ? 130 : error instanceof ChaosUsageError ? 2 : 1;
}
// Connections of AWS's clients would hold the process for a while.
process.exit();

async function main(args: readonly string[]): Promise<number> {
  const options = parseChaosOptions(args);
  if (options.help) {
    console.log(CHAOS_HELP);
    return 0;
  }
  const say = options.json ? console.error : console.log;
  const leftOut = hasSmallDisks() ? [] : DISK_KINDS;
  if (leftOut.length > 0) say(`left out: ${leftOut.join(', ')}, which takes root and Linux`);
  const only = (options.only ?? CHAOS_KINDS).filter((kind) => !leftOut.some((left) => left === kind));
  const schedule = planSchedule({ ...options, only });
  say(formatSchedule(schedule, options.seed));
  if (options.plan) return 0;
  const late = AbortSignal.timeout(options.timeoutSeconds * 1_000);
  const run = await runChaos({
    ...{ repository, options, schedule, signal: AbortSignal.any([interrupted.signal, late]) },
    onProgress: (event) => tellProgress(event, say),
    onEvent: (event, load) => say(formatEvent(event, schedule.length, load)),
  }).catch((error: unknown) => {
    if (!late.aborted) throw error;
    throw new RehearsalError(`the run did not end within ${options.timeoutSeconds} s`, { cause: error });
  });
  return tell(run, options, say);
}

async function tell(run: ChaosRun, options: ChaosOptions, say: (text: string) => void): Promise<number> {
  const { verdict, events, leftovers } = run;
  const summaries = summarise(verdict, events);
  const { violations, problems, streams } = verdict;
  say(formatVerdict(verdict, summaries));
  if (violations.length > 0) say(formatViolations(violations));
  for (const leftover of leftovers) say(`left over: ${leftover}`);
  const holds = violations.length === 0 && problems.length === 0 && leftovers.length === 0;
  const silent = violations.filter(({ rule }) => rule === 'cut in silence').length;
  say(
    `${holds ? 'HOLDS' : 'FAILED'}: ${streams.length} streams in ${seconds(run.seconds * 1_000)}, ${silent} cut in silence, ${violations.length - silent} cut where nothing may be`,
  );
  if (options.json) {
    const told = violations.map(({ stream, rule }) => ({ ...stream, rule }));
    console.log(
      JSON.stringify({
        holds,
        seed: options.seed,
        seconds: run.seconds,
        summaries,
        events,
        violations: told,
        problems,
        leftovers,
      }),
    );
  }
  if (options.write && holds) {
    await writeFile(
      join(repository, 'docs', 'reliability.md'),
      renderReliabilityPage({ options, summaries, events, streams, seconds: run.seconds }),
    );
    say('wrote docs/reliability.md');
  }
  return holds ? 0 : 1;
}

function tellProgress(event: ProgressEvent, say: (text: string) => void): void {
  if (event.type === 'setup') say(event.note);
  if (event.type === 'phase-end') {
    const note = event.note ? `, ${event.note}` : '';
    say(`${event.phase}: ${event.ok ? 'ok' : 'FAILED'} in ${seconds(event.ms)}${note}`);
  }
}
