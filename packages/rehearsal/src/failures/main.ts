// `npm run failures -w packages/rehearsal [-- <name> …]`: injects every failure, or those named, and writes
// docs/failures.md once each of them has been seen.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rehearse } from '../rehearse.ts';
import { FAILURE_CASES, type FailureCase, nameOf } from './failure-cases.ts';
import { firstLine, renderFailuresPage, type SeenFailure } from './failures-page.ts';

const repository = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));
const resultsFile = join(repository, '.cache', 'failures.json');

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !FAILURE_CASES.some((failure) => nameOf(failure) === name));
if (unknown.length > 0) {
  console.error(`no failure ${unknown.join(', ')}; there are: ${FAILURE_CASES.map(nameOf).join(', ')}`);
  process.exit(2);
}

const results = await readResults();
let failed = false;
for (const failure of FAILURE_CASES) {
  const name = nameOf(failure);
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  try {
    results[name] = await run(failure);
    console.log(`${name}: ${firstLine(results[name].reason)}`);
    await writeFile(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  } catch (error) {
    failed = true;
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
const seen = FAILURE_CASES.flatMap((failure) => {
  const result = results[nameOf(failure)];
  return result ? [[failure, result] as const] : [];
});
if (seen.length === FAILURE_CASES.length && !failed) {
  await writeFile(join(repository, 'docs', 'failures.md'), renderFailuresPage(seen));
  console.log('wrote docs/failures.md');
}
process.exitCode = failed ? 1 : 0;

/** @throws Error when what was seen is not what must be */
async function run(failure: FailureCase): Promise<SeenFailure> {
  const { report, failure: shown } = await rehearse(
    { repository, mutant: failure.mutant, update: failure.update ?? false },
    () => undefined,
  );
  if (!shown) throw new Error('the deployment went well');
  if (!failure.shows.test(shown.reason)) {
    throw new Error(`the first line does not begin with its cause (${failure.shows}): ${shown.reason}`);
  }
  if (report.leftovers.length > 0) throw new Error(`left over: ${report.leftovers.join('; ')}`);
  const { streams, completed } = report.drill;
  if (failure.update && (streams === 0 || completed < streams)) {
    throw new Error(`${streams - completed} of ${streams} streams were cut`);
  }
  return {
    reason: shown.reason,
    step: shown.step,
    streams: failure.update ? { all: streams, cut: streams - completed } : undefined,
  };
}

async function readResults(): Promise<Record<string, SeenFailure>> {
  try {
    return JSON.parse(await readFile(resultsFile, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    await mkdir(dirname(resultsFile), { recursive: true });
    return {};
  }
}
