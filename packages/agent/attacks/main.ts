import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineKind } from './attack.ts';
import { type AttackArguments, AttackUsageError, HELP, parseAttackArguments } from './command-line.ts';
import { CORPUS } from './corpus/index.ts';
import { simulatorStarter } from './engines/simulator-engine.ts';
import { NoVllmError, vllmStarter } from './engines/vllm-engine.ts';
import { failuresOf, formatFailure, formatProgress } from './page/format-results.ts';
import { ATTACKS_PAGE, renderAttacksPage } from './page/render-page.ts';
import { readStoredResults, storeResults } from './page/stored-results.ts';
import { runCorpus } from './run-corpus.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const NO_VLLM = 77;

/** Six times what a machine with two cores takes. */
const LONGEST_MS: Readonly<Record<EngineKind, number>> = { simulator: 300_000, vllm: 3_600_000 };

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const parsed = parseAttackArguments(args);
    if (parsed.help) {
      process.stdout.write(HELP);
      return 0;
    }
    return await attack(parsed);
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    if (error instanceof AttackUsageError) {
      process.stderr.write(`error: ${error.message} (--help shows all options)\n`);
      return 2;
    }
    if (!(error instanceof NoVllmError)) throw error;
    process.stderr.write(`SKIPPED: ${error.message}\n`);
    return NO_VLLM;
  }
}

async function attack({ engine: kind, only, json, write }: AttackArguments): Promise<number> {
  const attacks = CORPUS.filter(({ id }) => only?.test(id) ?? true);
  if (attacks.length === 0) {
    throw new AttackUsageError(`no attack's id matches ${only}, expected one such as ${CORPUS[0]?.id}`);
  }
  const { signal } = interrupted;
  await using engine = kind === 'vllm' ? await vllmStarter(REPOSITORY, signal) : simulatorStarter();
  using _ = endAfter(LONGEST_MS[kind]);
  process.stderr.write(`${attacks.length} attacks on ${engine.name}, and on the gateway in front of it\n`);
  const results = await runCorpus({
    ...{ attacks, engine, signal },
    onResult: (result) => void process.stderr.write(`${formatProgress(result)}\n`),
  });
  if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  const failures = results.flatMap(failuresOf);
  for (const failure of failures) process.stderr.write(`${formatFailure(failure)}\n`);
  const held = results.filter(({ gateway }) => gateway.problems.length === 0).length;
  process.stderr.write(`${held} of ${results.length} attacks failed at the gateway\n`);
  if (failures.length > 0) return 1;
  if (write) {
    storeResults(kind, results);
    await writeFile(join(REPOSITORY, ATTACKS_PAGE), renderAttacksPage(readStoredResults()));
  }
  return 0;
}

/** A run that does not end has failed. */
function endAfter(ms: number): Disposable {
  const timer = setTimeout(() => {
    process.stderr.write(`FAILED: the run did not end within ${ms / 60_000} minutes\n`);
    process.exit(1);
  }, ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
