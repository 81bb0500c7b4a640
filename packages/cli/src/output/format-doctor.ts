import { styleText } from 'node:util';
import type { DoctorReport, Verdict } from '@pixtral-fleet/operator/doctor';
import { mark } from './mark.ts';
import { formatTable } from './table.ts';

/** Narrow enough for a terminal of 110 characters. */
const TEXT_WIDTH = 86;

/** One line a check, with what to do under those that need it, and the count of each verdict. */
export function formatDoctor({ stackName, region, account, checks }: DoctorReport): string {
  const rows = checks.flatMap(({ id, verdict, found, remedy }) => [
    [symbol(verdict), id, found],
    ...(remedy ? [['', '', `→ ${remedy}`]] : []),
  ]);
  const count = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length;
  return [
    styleText('bold', `${stackName} in ${region}, ${account ? `account ${account}` : 'no account'}`),
    formatTable({ rows, wrapAt: { 2: TEXT_WIDTH } }),
    '',
    `${count('ok')} well, ${count('warn')} to look at, ${count('fail')} failed, ${count('skipped')} not run`,
  ].join('\n');
}

function symbol(verdict: Verdict): string {
  return verdict === 'skipped' ? styleText('dim', '-') : mark(verdict);
}
