/** A check as `pixtral doctor --json` prints it. */
export interface CheckOutput {
  readonly id: string;
  readonly verdict: string;
  readonly found: string;
  readonly remedy?: string;
}

function checks(stdout: string): readonly CheckOutput[] {
  const report: { readonly checks: readonly CheckOutput[] } = JSON.parse(stdout);
  return report.checks;
}

export function verdicts(stdout: string): Record<string, string> {
  return Object.fromEntries(checks(stdout).map(({ id, verdict }) => [id, verdict]));
}

export function check(stdout: string, id: string): CheckOutput {
  const found = checks(stdout).find((one) => one.id === id);
  if (!found) throw new Error(`no check ${id} in ${stdout}`);
  return found;
}
