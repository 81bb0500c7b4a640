import { setTimeout as sleep } from 'node:timers/promises';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { S3Client } from '@aws-sdk/client-s3';
import { describeFailedChecks, runChecks } from '@pixtral-fleet/smoke-tests';
import { type FleetNames, observeFleet } from './observe-fleet.ts';
import { planVerification } from './plan-verification.ts';
import type { Outcome } from './respond.ts';

/** Where a fleet is, and how it may be asked. */
export interface FleetAccess {
  readonly clients: { readonly autoScaling: AutoScalingClient; readonly s3: S3Client };
  readonly names: FleetNames;
  readonly endpointUrl: string;
  readonly apiKey: string;
  readonly servedModelName: string;
}

export interface VerifyFleetOptions extends FleetAccess {
  readonly launchTemplateVersion: string;
  readonly remainingMs: () => number;
}

const POLL_MS = 1_000;

/** Waits until the fleet is up, then asks it. Returns what was found; throws only when it cannot look. */
export async function verifyFleet(options: VerifyFleetOptions): Promise<Outcome> {
  const instances = await untilServing(options);
  if (!Array.isArray(instances)) return instances;
  await untilRouted(options);
  const report = await runChecks({
    baseUrl: options.endpointUrl,
    apiKey: options.apiKey,
    model: options.servedModelName,
    expectedInstances: instances,
    onCheck: (check) => console.log(JSON.stringify({ message: 'check', ...check })),
  });
  if (report.ok) {
    return {
      ok: true,
      reason: `${report.checks.length} checks passed on ${instances.length} instances`,
      data: { checks: String(report.checks.length), instances: instances.join(',') },
    };
  }
  return { ok: false, reason: describeFailedChecks(report) };
}

async function untilServing(options: VerifyFleetOptions): Promise<string[] | Outcome> {
  let told = '';
  for (;;) {
    const seen = await observeFleet(options.clients, options.names, options.launchTemplateVersion);
    const step = planVerification({ ...seen, remainingMs: options.remainingMs() });
    if (step.kind === 'check') return [...step.instances];
    if (step.kind === 'asleep') {
      return {
        ok: true,
        reason: 'the fleet sleeps: the next instance has to pass its own gate, and was not waited for',
      };
    }
    if (step.kind === 'fail') return { ok: false, reason: step.reason };
    if (step.reason !== told) console.log(JSON.stringify({ message: step.reason }));
    told = step.reason;
    await sleep(POLL_MS);
  }
}

/** In service comes before the balancer's first passed health check; until then it answers 503. */
async function untilRouted(options: VerifyFleetOptions): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    try {
      const url = `${options.endpointUrl}/v1/models`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${options.apiKey}` } });
      await answer.body?.cancel();
      if (answer.status !== 503) return;
    } catch (error) {
      console.log(JSON.stringify({ message: 'the load balancer does not answer yet', error: String(error) }));
    }
    await sleep(POLL_MS);
  }
}
