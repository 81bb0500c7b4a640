import { UsageError } from './exit-codes.ts';

/** A parser for commander: a whole number of 1 or more. @throws UsageError that names the flag and what was got. */
export function parsePositive(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
      throw new UsageError(`${flag} must be a whole number of 1 or more, got ${JSON.stringify(text)}`);
    }
    return value;
  };
}
