import { UsageError } from './exit-codes.ts';

/** A parser for commander: a number of 0 or more. @throws UsageError that names the flag and what was got. */
export function parseNumber(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
      throw new UsageError(`${flag} must be a number of 0 or more, got ${JSON.stringify(text)}`);
    }
    return value;
  };
}
