import type { AttackResult } from '../run-corpus.ts';

/** Something that makes a run fail. */
export interface Failure {
  readonly id: string;
  readonly problems: readonly string[];
}

export function failuresOf({ attack, bare, gateway }: AttackResult): readonly Failure[] {
  const unexpected = bare.asExpected
    ? []
    : [`on the bare engine it ${bare.kind}, which the corpus does not say: ${bare.seen}`];
  const problems = [...unexpected, ...gateway.problems.map((problem) => `at the gateway: ${problem}`)];
  return problems.length === 0 ? [] : [{ id: attack.id, problems }];
}

/** One line as soon as it is known. */
export function formatProgress(result: AttackResult): string {
  const { attack, bare, gateway } = result;
  const verdict = gateway.problems.length === 0 ? 'held' : 'NOT HELD';
  const note = bare.asExpected ? '' : ' (unexpected)';
  return `${attack.id.padEnd(26)} bare: ${`${bare.kind}${note}`.padEnd(8)} gateway: ${verdict}`;
}

export function formatFailure({ id, problems }: Failure): string {
  return [`FAILED ${id}`, ...problems.map((problem) => `  ${problem}`)].join('\n');
}
