import { expect } from 'vitest';
import { type RunChecksOptions, runChecks, type SmokeReport } from '../../src/index.ts';
import { seededRandom } from '../seeing/seeded-random.ts';
import type { Fault } from './fault.ts';
import { API_KEY, INSTANCES, MODEL, startScriptedFleet } from './start-scripted-fleet.ts';

export interface CheckedFleet {
  readonly report: SmokeReport;
  /** `METHOD /path` of every request, in order. */
  readonly requests: readonly string[];
}

/** Runs all checks against a scripted fleet with those faults; the pictures are the same every time. */
export async function checkFleet(
  faults: readonly Fault[],
  options: Partial<RunChecksOptions> = {},
): Promise<CheckedFleet> {
  await using fleet = await startScriptedFleet(...faults);
  const report = await runChecks({
    baseUrl: fleet.url,
    apiKey: API_KEY,
    model: MODEL,
    random: seededRandom(3),
    expectedInstances: INSTANCES,
    ...options,
  });
  return { report, requests: fleet.requests };
}

/** Names of the checks that failed. */
export function failedOf({ checks }: SmokeReport): readonly string[] {
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}

/** Evidence of one check, with what differs from run to run masked. */
export function evidenceOf({ checks }: SmokeReport, name: string): string {
  const evidence = checks.find((check) => check.name === name)?.evidence ?? '';
  return evidence.replaceAll(/\d+ ms/g, '# ms').replaceAll(/127\.0\.0\.1:\d+/g, 'fleet');
}

/** What each check that failed has seen; the other checks passed. A failure comes with advice, a success without. */
export async function failures(...faults: readonly Fault[]): Promise<readonly string[]> {
  const { report } = await checkFleet(faults);
  expect(report.ok).toBe(failedOf(report).length === 0);
  for (const { ok, advice } of report.checks) expect(advice === undefined).toBe(ok);
  return failedOf(report).map((name) => `${name}: ${evidenceOf(report, name)}`);
}
