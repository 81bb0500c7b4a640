import { RE2JS, RE2JSException } from 're2js';
import { refuse } from './rules.ts';

/** Characters. Longer ones are programs, not patterns. */
const LONGEST_REGEX = 512;

/**
 * A regular expression that any engine handles in linear time and bounded memory: RE2 has no look-around and no
 * back-references, and expands no more than 1,000 repetitions, nested ones multiplied (CVE-2026-55574: vLLM compiled
 * whatever came).
 */
export function checkRegex(pattern: string, at: string): void {
  if (pattern.length > LONGEST_REGEX) {
    refuse(at, `must have at most ${LONGEST_REGEX} characters, got ${pattern.length}`);
  }
  if (pattern.includes('\0')) refuse(at, 'must not hold a NUL character');
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    refuse(at, `must be a regular expression as RE2 knows them: ${error.message.slice(0, 160)}`);
  }
}
