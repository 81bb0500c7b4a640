/** States that a target's health checks can bring it into; `draining` and `unused` are registration's matter. */
export type CheckedState = 'initial' | 'healthy' | 'unhealthy';

/** Outcome of one health check. */
export type ProbeResult =
  | { readonly passed: true }
  | { readonly passed: false; readonly reason: ProbeFailureReason; readonly description: string };

/** Reason codes of the ELBv2 API (`TargetHealthReasonEnum`). */
export type ProbeFailureReason =
  | 'Target.ResponseCodeMismatch'
  | 'Target.Timeout'
  | 'Target.FailedHealthChecks';

export interface HealthState {
  readonly state: CheckedState;
  /** Consecutive checks that spoke against the present state. */
  readonly against: number;
  /** Code as `DescribeTargetHealth` gives it; undefined when healthy. */
  readonly reason: string | undefined;
  readonly description: string | undefined;
}

export interface HealthThresholds {
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

/** State of a target that was registered a moment ago. */
export const INITIAL_HEALTH: HealthState = {
  state: 'initial',
  against: 0,
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
};

const HEALTHY: HealthState = { state: 'healthy', against: 0, reason: undefined, description: undefined };

/**
 * The state after one more health check. A new target is healthy after one passed check; later changes need as many
 * consecutive checks as the threshold says (ELB user guide, "Health checks for your target groups").
 */
export function nextHealth(
  health: HealthState,
  probe: ProbeResult,
  thresholds: HealthThresholds,
): HealthState {
  if (probe.passed) {
    if (health.state === 'healthy' || health.state === 'initial') return HEALTHY;
    const against = health.against + 1;
    return against >= thresholds.healthyThreshold ? HEALTHY : { ...health, against };
  }
  const { reason, description } = probe;
  if (health.state === 'unhealthy') return { state: 'unhealthy', against: 0, reason, description };
  const against = health.against + 1;
  if (against >= thresholds.unhealthyThreshold) {
    return { state: 'unhealthy', against: 0, reason, description };
  }
  return { ...health, against };
}
