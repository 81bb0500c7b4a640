import { request } from 'node:http';
import type { ProbeResult } from './health-state.ts';
import type { HealthCheckConfig } from './load-balancer-config.ts';
import { matchesStatus } from './status-matcher.ts';

/** A target's process on this machine. */
export interface TargetAddress {
  readonly host: string;
  readonly port: number;
}

/** One health check, over a connection of its own as ELB makes them. Never throws: a failed check is a result. */
export function probeTarget(
  address: TargetAddress | undefined,
  check: HealthCheckConfig,
  signal: AbortSignal,
): Promise<ProbeResult> {
  if (!address) {
    return Promise.resolve({
      passed: false,
      reason: 'Target.FailedHealthChecks',
      description: 'Health checks failed: no process plays this target',
    });
  }
  const timeout = AbortSignal.timeout(Math.ceil(check.timeoutSeconds * 1000));
  return new Promise((resolve) => {
    const probe = request({
      host: address.host,
      port: address.port,
      path: check.path,
      agent: false,
      signal: AbortSignal.any([signal, timeout]),
      headers: { 'User-Agent': 'ELB-HealthChecker/2.0', Connection: 'close' },
    });
    probe.once('response', (response) => {
      response.once('error', () => undefined);
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(
        matchesStatus(check.matcher, status)
          ? { passed: true }
          : {
              passed: false,
              reason: 'Target.ResponseCodeMismatch',
              description: `Health checks failed with these codes: [${status}]`,
            },
      );
    });
    probe.once('error', (error) => {
      resolve(
        timeout.aborted
          ? { passed: false, reason: 'Target.Timeout', description: 'Request timed out' }
          : {
              passed: false,
              reason: 'Target.FailedHealthChecks',
              description: `Health checks failed: ${error.message}`,
            },
      );
    });
    probe.end();
  });
}
