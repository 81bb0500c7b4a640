import { OperatorError } from '../operator-error.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * When to begin: a time ago such as `30s`, `10m`, `2h` or `1d`, or an ISO 8601 time.
 * @throws OperatorError that names the forms
 */
export function parseSince(text: string, now: Date = new Date()): Date {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  const begin = match && unit ? now.getTime() - Number(match[1]) * unit : Date.parse(text);
  // A bare number is a year to Date.parse.
  if (Number.isNaN(begin) || /^\d+$/.test(text)) {
    throw new OperatorError(
      `--since must be a time ago such as 30s, 10m, 2h or 1d, or a time such as 2026-01-31T12:00:00Z, got ${JSON.stringify(text)}`,
    );
  }
  return new Date(Math.max(0, begin));
}
