import { onTestFinished, vi } from 'vitest';
import {
  type Balancer,
  type BalancerEvent,
  type BalancerOptions,
  type LoadBalancerConfig,
  type LoadBalancerReader,
  startBalancer,
  type TargetGroupConfig,
  type TargetId,
} from '../../src/balancer/index.ts';

export const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/fleet/1';

/** Says whatever the test has put into it. */
class ScriptedReader implements LoadBalancerReader {
  config: LoadBalancerConfig | undefined;
  targets: readonly TargetId[] = [];
  failure: Error | undefined;

  constructor(config: LoadBalancerConfig | undefined) {
    this.config = config;
  }

  async readConfig(): Promise<LoadBalancerConfig | undefined> {
    if (this.failure) throw this.failure;
    return this.config;
  }

  async readTargets(): Promise<ReadonlyMap<string, readonly TargetId[]>> {
    if (this.failure) throw this.failure;
    return new Map([[GROUP, this.targets]]);
  }
}

/** The fleet's load balancer with times short enough for tests. */
export function configOf(
  change: Partial<Omit<LoadBalancerConfig, 'targetGroups'>> & {
    readonly group?: Partial<TargetGroupConfig>;
    readonly check?: Partial<TargetGroupConfig['healthCheck']>;
  } = {},
): LoadBalancerConfig {
  const { group, check, ...rest } = change;
  const forward = { type: 'forward', targetGroups: [{ arn: GROUP, weight: 1 }] } as const;
  return {
    arn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/fleet/1',
    dnsName: 'internal-fleet-1.us-east-1.elb.amazonaws.com',
    idleTimeoutSeconds: 30,
    clientKeepAliveSeconds: 3600,
    preserveHostHeader: false,
    forwardedForMode: 'append',
    listener: {
      arn: 'listener/1',
      port: 80,
      protocol: 'HTTP',
      rules: [
        {
          arn: 'rule/1',
          priority: 10,
          conditions: [{ field: 'path-pattern', values: ['/v1/chat/completions', '/v1/models'] }],
          action: forward,
        },
      ],
      defaultAction: {
        type: 'fixed-response',
        statusCode: 404,
        contentType: 'application/json',
        body: '{"error":{"message":"not found"}}',
      },
    },
    ...rest,
    targetGroups: new Map([
      [
        GROUP,
        {
          arn: GROUP,
          name: 'fleet',
          port: 8080,
          algorithm: 'least_outstanding_requests',
          deregistrationDelaySeconds: 30,
          minimumHealthyTargets: 1,
          healthCheck: {
            path: '/ready',
            port: undefined,
            intervalSeconds: 0.03,
            timeoutSeconds: 5,
            healthyThreshold: 2,
            unhealthyThreshold: 2,
            matcher: '200',
            ...check,
          },
          ...group,
        },
      ],
    ]),
  };
}

export interface Twin {
  readonly balancer: Balancer;
  readonly reader: ScriptedReader;
  readonly events: BalancerEvent[];
  /** Registers targets by name; a name's port is where its process listens. */
  register(targets: Readonly<Record<string, number | undefined>>): void;
}

/** Starts a twin that is told what to do by the test. */
export async function startTwin(
  config: LoadBalancerConfig | undefined,
  options: Partial<BalancerOptions> = {},
): Promise<Twin> {
  const reader = new ScriptedReader(config);
  const events: BalancerEvent[] = [];
  const ports = new Map<string, number | undefined>();
  const balancer = await startBalancer({
    reader,
    pollMs: 10,
    resolveTarget: ({ id }) => {
      const port = ports.get(id);
      return port === undefined ? undefined : { host: '127.0.0.1', port };
    },
    onEvent: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => balancer.stop());
  const register = (targets: Readonly<Record<string, number | undefined>>) => {
    for (const [id, port] of Object.entries(targets)) ports.set(id, port);
    reader.targets = Object.keys(targets).map((id) => ({ id, port: 8080 }));
  };
  return { balancer, reader, events, register };
}

/** Waits until a target is in one of the states. */
export async function untilState(twin: Twin, id: string, state: string): Promise<void> {
  await vi.waitFor(
    () => {
      const seen = twin.balancer.targets().find((target) => target.id === id)?.state;
      if (seen !== state) throw new Error(`${id} is ${seen}, not ${state}`);
    },
    { timeout: 5_000, interval: 5 },
  );
}
