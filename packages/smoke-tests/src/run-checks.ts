import { createClient } from '@pixtral-fleet/client';
import type { Check, CheckContext } from './check.ts';
import { CHECKS } from './checks/index.ts';
import { CheckFailure } from './errors.ts';
import { parseFleetEndpoint } from './fleet-endpoint.ts';
import { cryptoRandom, type Random } from './seeing/random.ts';
import type { CheckResult, SmokeReport } from './smoke-report.ts';
import { withDeadline } from './with-deadline.ts';

export interface RunChecksOptions {
  /** Such as `http://localhost:8080`; a trailing `/v1` is accepted. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Served model name. */
  readonly model: string;
  /** Instance ids that must each answer. @default - whichever answer are listed, at least one */
  readonly expectedInstances?: readonly string[] | undefined;
  /** Ends it; the promise then rejects with the signal's reason. @default - only the checks' own deadlines */
  readonly signal?: AbortSignal | undefined;
  /** @default crypto.getRandomValues */
  readonly random?: Random;
  /** Told of each check as soon as it is known. */
  readonly onCheck?: (check: CheckResult) => void;
}

/**
 * Checks that a fleet really serves, one check after the other, each with its own deadline.
 *
 * A fleet that fails is a report with `ok: false`, never an exception. When the fleet cannot be reached, or the key is
 * wrong, the checks after that are reported as not run, with the reason.
 *
 * @throws CouldNotRunError when URL, key or model make no sense; the reason of `signal` when it aborts.
 */
export async function runChecks(options: RunChecksOptions): Promise<SmokeReport> {
  const { expectedInstances, signal, random = cryptoRandom, onCheck = () => {} } = options;
  const endpoint = parseFleetEndpoint(options);
  signal?.throwIfAborted();
  const startedAt = new Date();
  const began = performance.now();
  const client = createClient({ baseUrl: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model });
  const checks: CheckResult[] = [];
  let hopeless: string | undefined;
  try {
    for (const check of CHECKS) {
      const outcome: Outcome = hopeless
        ? { result: { name: check.name, ok: false, ms: 0, evidence: `not run: ${hopeless}` } }
        : await runCheck(check, { endpoint, client, expectedInstances, random, signal });
      hopeless ??= outcome.hopeless;
      checks.push(outcome.result);
      onCheck(outcome.result);
    }
  } finally {
    await client.close();
  }
  return {
    version: 1,
    ok: checks.every(({ ok }) => ok),
    endpoint: options.baseUrl,
    model: endpoint.model,
    startedAt: startedAt.toISOString(),
    ms: Math.round(performance.now() - began),
    checks,
  };
}

interface Outcome {
  readonly result: CheckResult;
  /** Why the checks after it need not be run. */
  readonly hopeless?: string | undefined;
}

type RunContext = Omit<CheckContext, 'signal'> & { readonly signal: AbortSignal | undefined };

async function runCheck(check: Check, context: RunContext): Promise<Outcome> {
  const began = performance.now();
  const finish = (ok: boolean, evidence: string): CheckResult => ({
    name: check.name,
    ok,
    ms: Math.round(performance.now() - began),
    evidence: presentable(evidence, context.endpoint.apiKey),
  });
  try {
    const evidence = await withDeadline({ deadlineMs: check.deadlineMs, signal: context.signal }, (signal) =>
      check.run({ ...context, signal }),
    );
    return { result: finish(true, evidence) };
  } catch (error) {
    context.signal?.throwIfAborted();
    const failure = error instanceof CheckFailure ? error : undefined;
    const message = error instanceof Error ? error.message || error.name : String(error);
    return {
      result: { ...finish(false, message), advice: failure?.advice ?? check.advice },
      hopeless: failure?.hopeless,
    };
  }
}

/** Characters of evidence: what a person reads in a table, and enough of any error message. */
const LONGEST_EVIDENCE = 600;

/** A shorter key would be found in innocent words, and guards nothing anyway. */
const SHORTEST_SECRET = 8;

/** One line, bounded, without the key, should a server have sent it back. */
function presentable(evidence: string, apiKey: string): string {
  const open = apiKey.length < SHORTEST_SECRET ? evidence : evidence.replaceAll(apiKey, '[key]');
  const line = open.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST_EVIDENCE ? `${line.slice(0, LONGEST_EVIDENCE)}…` : line;
}
