import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Attributes, attributeOf, numberOf } from './attributes.ts';
import { BalancerConfigError } from './balancer-config-error.ts';
import type { BalancingAlgorithm, HealthCheckConfig, TargetGroupConfig } from './load-balancer-config.ts';
import { isStatusMatcher } from './status-matcher.ts';

/** Checks a target group. Throws a BalancerConfigError at the first thing that the twin does not play. */
export function parseTargetGroup(group: TargetGroup, attributes: Attributes): TargetGroupConfig {
  const arn = group.TargetGroupArn ?? 'target group without an ARN';
  if (group.TargetType === 'lambda' || group.TargetType === 'alb') {
    throw new BalancerConfigError(
      arn,
      `target type "${group.TargetType}" is not played by the rehearsal; it knows instance and ip`,
    );
  }
  if ((group.Protocol ?? 'HTTP') !== 'HTTP' || (group.HealthCheckProtocol ?? 'HTTP') !== 'HTTP') {
    throw new BalancerConfigError(
      arn,
      `the rehearsal speaks HTTP to targets, got protocol ${group.Protocol} and health check protocol ${group.HealthCheckProtocol}`,
    );
  }
  if (attributeOf(attributes, 'stickiness.enabled') === 'true') {
    throw new BalancerConfigError(arn, 'has sticky sessions, which the rehearsal does not play');
  }
  if (group.Port === undefined) throw new BalancerConfigError(arn, 'has no port');
  return {
    arn,
    name: group.TargetGroupName ?? arn,
    port: group.Port,
    algorithm: parseAlgorithm(arn, attributeOf(attributes, 'load_balancing.algorithm.type') ?? 'round_robin'),
    deregistrationDelaySeconds: numberOf(arn, attributes, {
      key: 'deregistration_delay.timeout_seconds',
      fallback: 300,
      min: 0,
      max: 3600,
    }),
    minimumHealthyTargets: numberOf(arn, attributes, {
      key: 'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count',
      fallback: 1,
      min: 1,
      max: 1000,
    }),
    healthCheck: parseHealthCheck(arn, group),
  };
}

function parseAlgorithm(arn: string, value: string): BalancingAlgorithm {
  if (value === 'round_robin' || value === 'least_outstanding_requests' || value === 'weighted_random')
    return value;
  throw new BalancerConfigError(
    arn,
    `load_balancing.algorithm.type must be round_robin, least_outstanding_requests or weighted_random, got "${value}"`,
  );
}

/** Absent settings take the defaults of `CreateTargetGroup` for instances behind an ALB. */
function parseHealthCheck(arn: string, group: TargetGroup): HealthCheckConfig {
  const matcher = group.Matcher?.HttpCode ?? '200';
  if (!isStatusMatcher(matcher)) {
    throw new BalancerConfigError(
      arn,
      `health check matcher must be like "200", "200,202" or "200-299", got "${matcher}"`,
    );
  }
  const port = group.HealthCheckPort ?? 'traffic-port';
  if (port !== 'traffic-port' && !/^\d+$/.test(port)) {
    throw new BalancerConfigError(arn, `health check port must be "traffic-port" or a number, got "${port}"`);
  }
  const intervalSeconds = group.HealthCheckIntervalSeconds ?? 30;
  const timeoutSeconds = group.HealthCheckTimeoutSeconds ?? 5;
  if (timeoutSeconds > intervalSeconds) {
    throw new BalancerConfigError(
      arn,
      `health check timeout (${timeoutSeconds} s) must not be longer than its interval (${intervalSeconds} s)`,
    );
  }
  return {
    path: group.HealthCheckPath ?? '/',
    port: port === 'traffic-port' ? undefined : Number(port),
    intervalSeconds,
    timeoutSeconds,
    healthyThreshold: group.HealthyThresholdCount ?? 5,
    unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
    matcher,
  };
}
