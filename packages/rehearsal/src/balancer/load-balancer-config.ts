/** What an Application Load Balancer is told, read from the ELBv2 API and checked; all times in seconds as the API has them. */
export interface LoadBalancerConfig {
  readonly arn: string;
  readonly dnsName: string;
  /** Attribute `idle_timeout.timeout_seconds`. */
  readonly idleTimeoutSeconds: number;
  /** Attribute `client_keep_alive.seconds`: longest life of a client connection. */
  readonly clientKeepAliveSeconds: number;
  /** Attribute `routing.http.preserve_host_header.enabled`. */
  readonly preserveHostHeader: boolean;
  /** Attribute `routing.http.xff_header_processing.mode`. */
  readonly forwardedForMode: ForwardedForMode;
  /** Undefined as long as the load balancer has no listener. */
  readonly listener: ListenerConfig | undefined;
  /** Every target group that a rule forwards to, by ARN. */
  readonly targetGroups: ReadonlyMap<string, TargetGroupConfig>;
}

export type ForwardedForMode = 'append' | 'preserve' | 'remove';

export interface ListenerConfig {
  readonly arn: string;
  readonly port: number;
  /** What clients speak in AWS. Here it is always plain HTTP, since nobody has the certificate's private key. */
  readonly protocol: 'HTTP' | 'HTTPS';
  /** In the order of evaluation: ascending priority. */
  readonly rules: readonly ListenerRule[];
  readonly defaultAction: RuleAction;
}

export interface ListenerRule {
  readonly arn: string;
  readonly priority: number;
  /** All must hold. */
  readonly conditions: readonly RuleCondition[];
  readonly action: RuleAction;
}

export interface RuleCondition {
  readonly field: 'path-pattern' | 'host-header' | 'http-request-method';
  /** One of them must match. */
  readonly values: readonly string[];
}

export type RuleAction =
  | {
      readonly type: 'fixed-response';
      readonly statusCode: number;
      readonly contentType: string;
      readonly body: string;
    }
  | { readonly type: 'forward'; readonly targetGroups: readonly WeightedTargetGroup[] };

export interface WeightedTargetGroup {
  readonly arn: string;
  readonly weight: number;
}

export type BalancingAlgorithm = 'round_robin' | 'least_outstanding_requests' | 'weighted_random';

export interface TargetGroupConfig {
  readonly arn: string;
  readonly name: string;
  /** Port of the targets that are registered without one. */
  readonly port: number;
  readonly algorithm: BalancingAlgorithm;
  /** Attribute `deregistration_delay.timeout_seconds`. */
  readonly deregistrationDelaySeconds: number;
  /** Attribute `target_group_health.unhealthy_state_routing.minimum_healthy_targets.count`: fewer healthy ones and it fails open. */
  readonly minimumHealthyTargets: number;
  readonly healthCheck: HealthCheckConfig;
}

export interface HealthCheckConfig {
  readonly path: string;
  /** Undefined: the port that the traffic goes to. */
  readonly port: number | undefined;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** Status codes that pass, as the API writes them: `200`, `200,202` or `200-299`. */
  readonly matcher: string;
}

/** A target as it is registered. */
export interface TargetId {
  readonly id: string;
  readonly port: number;
}

/** What is registered with each target group, by ARN; targets that the API calls draining are left out. */
export type RegisteredTargets = ReadonlyMap<string, readonly TargetId[]>;
