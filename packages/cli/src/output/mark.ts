import { styleText } from 'node:util';

/** How something was found to be; the same three words everywhere, in tables and in JSON. */
export type Verdict = 'ok' | 'warn' | 'fail';

const MARKS = {
  ok: ['green', '✓'],
  warn: ['yellow', '!'],
  fail: ['red', '✗'],
} as const satisfies Readonly<Record<Verdict, readonly [Parameters<typeof styleText>[0], string]>>;

/** One coloured character; without colour where the output is no terminal or NO_COLOR is set. */
export function mark(verdict: Verdict): string {
  const [colour, character] = MARKS[verdict];
  return styleText(colour, character);
}
