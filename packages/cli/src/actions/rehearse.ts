import {
  formatReportTable,
  type RehearsalOptions,
  type RehearsalResult,
  rehearse as runRehearsal,
} from '@pixtral-fleet/rehearsal';
import type { RehearseFlags } from '../commands/rehearse.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { createProgressView } from '../progress/progress-view.ts';
import { REPOSITORY } from '../repository.ts';

export async function rehearse(flags: RehearseFlags): Promise<ExitCode> {
  const { signal, hurry } = interruptSignal();
  const options: RehearsalOptions = {
    repository: REPOSITORY,
    engine: flags.engine,
    instances: flags.instances,
    drill: flags.drill,
    update: flags.update,
    keep: flags.keep,
    mutant: flags.mutant,
    signal,
    hurry,
  };
  const view = createProgressView({ stream: process.stderr });
  let result: RehearsalResult;
  try {
    result = await runRehearsal(options, (event) => view.update(event));
  } finally {
    view.close();
  }
  // The cause before anything else: what follows is long.
  if (result.failure) {
    const log = result.failure.logFile ? `\nlog: ${result.failure.logFile}` : '';
    console.error(`\n${result.failure.reason}\nfailed in ${result.failure.step}${log}`);
  }
  if (flags.json) console.log(JSON.stringify(result.report));
  else console.log(`\n${formatReportTable(result.report)}\n\nReport: ${result.htmlFile}`);
  if (result.interrupted) return EXIT.interrupted;
  return result.report.ok ? EXIT.ok : EXIT.failed;
}
