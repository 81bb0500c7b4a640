import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { judge } from './accepted-differences.ts';
import { checkServer } from './check-server.ts';
import {
  type ConformanceArguments,
  ConformanceUsageError,
  parseConformanceArguments,
} from './command-line.ts';
import { formatDocument, formatFailures, formatTable } from './format-outcomes.ts';
import { type Outcome, runSuite, selectRecordings } from './run-suite.ts';

const DOCUMENT = fileURLToPath(new URL('../../../../docs/conformance.md', import.meta.url));
const BEGIN = '<!-- compared: begin -->';
const END = '<!-- compared: end -->';

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    return await compare(parseConformanceArguments(process.argv.slice(2)));
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const usage = error instanceof ConformanceUsageError;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `${message.replace(/^(error: )?/, 'error: ')}${usage ? ' (--help shows all options)' : ''}\n`,
    );
    return usage ? 2 : 1;
  }
}

async function compare({ server, only, write, json }: ConformanceArguments): Promise<number> {
  const selection = { ...(server ? { server } : {}), ...(only ? { only } : {}) };
  if (selectRecordings(selection).length === 0) {
    throw new ConformanceUsageError(
      server
        ? `no recording to replay, expected one of the usual flags: those of other flags and SIGTERM need simulators`
        : `no recording's id matches ${only}, expected one such as 101-text`,
    );
  }
  const live = server !== undefined;
  if (server) await checkServer(server);
  const outcomes = await runSuite({ ...selection, onOutcome: live ? showProgress : () => undefined });
  if (write) await writeTables(outcomes);
  const failures = formatFailures(outcomes, { live });
  process.stdout.write(json ? toJson(outcomes, live) : `${formatTable(outcomes, { live })}\n`);
  if (failures !== '' && !json) process.stdout.write(`\n${failures}\n`);
  return failures === '' ? 0 : 1;
}

/** A real server takes minutes. */
function showProgress({ recording, differences }: Outcome): void {
  process.stderr.write(`${recording.id}: ${differences.length === 0 ? 'agrees' : 'differs'}\n`);
}

function toJson(outcomes: readonly Outcome[], live: boolean): string {
  const shown = outcomes.map((outcome) => ({
    id: outcome.recording.id,
    group: outcome.recording.group,
    verdict: judge(outcome, { live }),
    differences: outcome.differences,
  }));
  return `${JSON.stringify(shown, null, 2)}\n`;
}

async function writeTables(outcomes: readonly Outcome[]): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) {
    throw new Error(
      `${DOCUMENT} has no place for the table, expected ${BEGIN} and ${END} each on a line of its own`,
    );
  }
  await writeFile(DOCUMENT, `${before}${BEGIN}\n${formatDocument(outcomes)}\n${END}${after}`);
}
