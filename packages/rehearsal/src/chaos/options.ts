import { parseArgs } from 'node:util';
import { CHAOS_KINDS, type ChaosKind, KIND_FACTS } from './kinds.ts';

/** What a run can leave out or do wrong on purpose, to see that the verdict notices. */
const CHAOS_MUTANTS = ['no-drain', 'silent-end'] as const;

/**
 * - `no-drain`: instances are ended as soon as they are to go, without the time to finish.
 * - `silent-end`: what `client-fin` cuts ends as if it were whole.
 */
export type ChaosMutant = (typeof CHAOS_MUTANTS)[number];

export interface ChaosOptions {
  readonly streams: number;
  readonly terminations: number;
  readonly faultRounds: number;
  readonly instances: number;
  readonly concurrency: number;
  readonly seed: number;
  readonly only: readonly ChaosKind[] | undefined;
  readonly mutant: ChaosMutant | undefined;
  /** After which a run is ended as failed. */
  readonly timeoutSeconds: number;
  readonly json: boolean;
  readonly write: boolean;
  readonly plan: boolean;
  readonly help: boolean;
}

/** Wrong options: a person's mistake, told without a stack. */
export class ChaosUsageError extends Error {
  override readonly name = 'ChaosUsageError' as const;
}

/** A run that takes longer has got stuck; a short one takes two to three minutes, the whole one half an hour. */
const TIMEOUT_SECONDS = { short: 900, full: 5_400 };

const FULL = { streams: '10000', terminations: '50', faults: '2', instances: '3', concurrency: '24' };

/** What CI runs. */
const SHORT = { streams: '300', terminations: '6', faults: '1', instances: '2', concurrency: '16' };
const SHORT_KINDS: readonly ChaosKind[] = [
  ...(['scale-in', 'refresh', 'spot', 'rebalance', 'sigterm', 'reboot'] as const),
  ...(['engine-kill', 'agent-kill', 'target-reset'] as const),
];

const kindList = CHAOS_KINDS.map((kind) => `    ${kind.padEnd(18)} ${KIND_FACTS[kind].what}`).join('\n');

export const CHAOS_HELP = `npm run chaos [-- options]: the rehearsed fleet under load, while its instances end and everything around them breaks

  --streams <n>        streams at least (default ${FULL.streams})
  --terminations <n>   instances that are ended in an orderly way (default ${FULL.terminations})
  --faults <n>         how often each kind of fault happens (default ${FULL.faults})
  --instances <n>      instances of the fleet, 2 to 6 (default ${FULL.instances})
  --concurrency <n>    streams open at the same time (default ${FULL.concurrency})
  --seed <n>           decides order and victims (default 1)
  --only <kinds>       these kinds alone, separated by commas
  --short              ${SHORT.streams} streams, ${SHORT.terminations} terminations and three faults on ${SHORT.instances} instances, as in CI
  --plan               prints what would happen, and does nothing
  --mutant <name>      leaves something out on purpose, which the verdict must notice: ${CHAOS_MUTANTS.join(', ')}
  --json               the result as JSON on standard output, progress on standard error
  --write              writes docs/reliability.md when the run holds what is promised
  --help

  Kinds:
${kindList}

Leaves with 0 when no stream was cut in silence and none at all in an orderly termination, with 1 otherwise, with 130
after Ctrl-C, with 2 for wrong options.
`;

/** @throws ChaosUsageError that names the option, what was got and what is allowed */
export function parseChaosOptions(args: readonly string[]): ChaosOptions {
  const values = parse(args);
  const defaults = values.short ? SHORT : FULL;
  const number = (name: keyof typeof FULL | 'seed', least: number, most: number): number => {
    const text = values[name] ?? (name === 'seed' ? '1' : defaults[name]);
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new ChaosUsageError(`--${name} must be a whole number from ${least} to ${most}, got ${text}`);
  };
  return {
    streams: number('streams', 1, 1_000_000),
    terminations: number('terminations', 0, 10_000),
    faultRounds: number('faults', 0, 1_000),
    // With one instance nobody serves while it ends.
    instances: number('instances', 2, 6),
    concurrency: number('concurrency', 1, 500),
    seed: number('seed', 0, 2 ** 32 - 1),
    only:
      values.only === undefined
        ? values.short
          ? SHORT_KINDS
          : undefined
        : values.only.split(',').map(parseKind),
    mutant: parseMutant(values.mutant),
    timeoutSeconds: values.short ? TIMEOUT_SECONDS.short : TIMEOUT_SECONDS.full,
    json: values.json,
    write: values.write,
    plan: values.plan,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        streams: { type: 'string' },
        terminations: { type: 'string' },
        faults: { type: 'string' },
        instances: { type: 'string' },
        concurrency: { type: 'string' },
        seed: { type: 'string' },
        only: { type: 'string' },
        mutant: { type: 'string' },
        short: { type: 'boolean', default: false },
        plan: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new ChaosUsageError(`${error instanceof Error ? error.message : String(error)}; see --help`);
  }
}

function parseKind(text: string): ChaosKind {
  const kind = CHAOS_KINDS.find((known) => known === text.trim());
  if (kind) return kind;
  throw new ChaosUsageError(
    `--only: there is no kind ${JSON.stringify(text.trim())}; there are ${CHAOS_KINDS.join(', ')}`,
  );
}

function parseMutant(text: string | undefined): ChaosMutant | undefined {
  if (text === undefined) return undefined;
  const mutant = CHAOS_MUTANTS.find((known) => known === text);
  if (mutant) return mutant;
  throw new ChaosUsageError(
    `--mutant: there is no ${JSON.stringify(text)}; there are ${CHAOS_MUTANTS.join(', ')}`,
  );
}
