import { fileURLToPath } from 'node:url';
import { MUTANT_NAMES, type MutantName } from '@pixtral-fleet/simulator';
import { writeSection } from '@pixtral-fleet/smoke-tests/write-section';
import { formatExam } from './format-exam.ts';
import { formatAlarms, formatMutants, formatPaces } from './format-results.ts';
import { type AlarmResult, countAlarmsAt, countFalseAlarms, timeGates } from './good-model.ts';
import { tryModelMutant } from './model-mutants.ts';
import type { MutantResult } from './mutant-result.ts';
import { type BenchArguments, HELP, readArguments } from './read-arguments.ts';
import type { GateResult } from './run-gates.ts';
import { tryWeightMutant, WEIGHT_MUTANTS, type WeightMutantName } from './weight-mutants.ts';

/** Tries of each mutant; a hung one tries once, for it takes the whole deadline. */
const TRIES = 5;
const GOOD = 'good';
const DOCUMENT = fileURLToPath(new URL('../../../docs/gate.md', import.meta.url));
const WEIGHT_NAMES = Object.keys(WEIGHT_MUTANTS) as WeightMutantName[];

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let given: BenchArguments | undefined;
  try {
    given = readArguments(args, [...MUTANT_NAMES, ...WEIGHT_NAMES, GOOD]);
  } catch (error) {
    process.stderr.write(`error: ${messageOf(error)} (--help shows all options)\n`);
    return 2;
  }
  if (!given) {
    process.stdout.write(HELP);
    return 0;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped')));
  try {
    return given.socket === undefined
      ? await tryAll(given, stop.signal)
      : await askSocket(given, given.socket, stop.signal);
  } catch (error) {
    process.stderr.write(`error: ${messageOf(error)}\n`);
    return 1;
  }
}

async function tryAll({ gates, only, write, json }: BenchArguments, signal: AbortSignal): Promise<number> {
  const isMeant = (name: string): boolean => only === undefined || only === name;
  const mutants = await tryMutants(isMeant, signal);
  const alarms = isMeant(GOOD)
    ? await countFalseAlarms({ gates, signal, onGate: tellGates(gates) })
    : undefined;
  const paces = only === undefined ? await timeGates(signal) : [];
  const sections = [
    ...(only === undefined ? [['exam', formatExam()] as const] : []),
    ...(mutants.length > 0 ? [['mutants', formatMutants(mutants)] as const] : []),
    ...(alarms ? [['false-alarms', formatAlarms(alarms)] as const] : []),
    ...(paces.length > 0 ? [['time', formatPaces(paces)] as const] : []),
  ];
  await tell(sections, { write, json, value: { mutants, alarms, paces } });
  return mutants.every(({ caught, tries }) => caught === tries) && isClean(alarms) ? 0 : 1;
}

/** The hung one waits beside the others: it takes the gate's whole deadline. */
async function tryMutants(
  isMeant: (name: string) => boolean,
  signal: AbortSignal,
): Promise<readonly MutantResult[]> {
  const results = new Map<string, MutantResult>();
  const attempt = async (result: Promise<MutantResult>): Promise<void> => {
    const mutant = await result;
    results.set(mutant.name, mutant);
    process.stderr.write(`${mutant.name}: ${mutant.caught} of ${mutant.tries} refused by ${mutant.by}\n`);
  };
  const tryOne = (name: MutantName) => attempt(tryModelMutant({ name, gates: TRIES, signal }));
  const names = MUTANT_NAMES.filter(isMeant);
  const waiting = Promise.all(names.filter((name) => name === 'hung').map(tryOne));
  for (const name of names) if (name !== 'hung') await tryOne(name);
  for (const name of WEIGHT_NAMES.filter(isMeant))
    await attempt(tryWeightMutant({ name, tries: TRIES, signal }));
  await waiting;
  return [...MUTANT_NAMES, ...WEIGHT_NAMES].flatMap((name) => results.get(name) ?? []);
}

async function askSocket(
  { gates, model, write, json }: BenchArguments,
  socketPath: string,
  signal: AbortSignal,
): Promise<number> {
  const onGate = tellGates(gates);
  const alarms = await countAlarmsAt({ socketPath, servedModelName: model, gates, signal, onGate });
  await tell([['live', formatAlarms(alarms)]], { write, json, value: { alarms } });
  return isClean(alarms) ? 0 : 1;
}

function isClean(alarms: AlarmResult | undefined): boolean {
  return (alarms?.refusals.length ?? 0) === 0;
}

async function tell(
  sections: readonly (readonly [name: string, text: string])[],
  { write, json, value }: Pick<BenchArguments, 'write' | 'json'> & { readonly value: object },
): Promise<void> {
  if (write) for (const [name, text] of sections) await writeSection({ document: DOCUMENT, name }, text);
  const texts = sections.map(([, text]) => text).join('\n\n');
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${texts}\n`);
}

/** Ten lines of progress, and every refusal at once. */
function tellGates(gates: number): (result: GateResult) => void {
  let done = 0;
  return ({ refusal }) => {
    done++;
    if (refusal) process.stderr.write(`gate ${done}: ${refusal.message}\n`);
    if (done % Math.ceil(gates / 10) === 0) process.stderr.write(`${done} of ${gates} gates\n`);
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
