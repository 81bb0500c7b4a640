import type { ResolvedConfig } from '../config-schema.ts';
import { checkCapacity } from './check-capacity.ts';
import { checkInstanceTypes } from './check-instance-types.ts';

/** Looks at options together; returns what is wrong, one sentence each that names the options and what to change. */
export type ConfigCheck = (config: ResolvedConfig) => readonly string[];

const CHECKS: readonly ConfigCheck[] = [checkCapacity, checkInstanceTypes];

/** What no option alone can tell; empty when all is well. */
export function checkConfig(config: ResolvedConfig): readonly string[] {
  return CHECKS.flatMap((check) => check(config));
}
