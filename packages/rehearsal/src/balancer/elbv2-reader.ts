import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type Listener,
  type LoadBalancer,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Attributes, attributeOf, numberOf } from './attributes.ts';
import { BalancerConfigError } from './balancer-config-error.ts';
import type {
  ForwardedForMode,
  ListenerConfig,
  LoadBalancerConfig,
  RegisteredTargets,
  TargetGroupConfig,
  TargetId,
} from './load-balancer-config.ts';
import type { LoadBalancerReader } from './load-balancer-reader.ts';
import { parseListener, referredTargetGroups } from './parse-rules.ts';
import { parseTargetGroup } from './parse-target-group.ts';

export interface Elbv2ReaderOptions {
  readonly client: ElasticLoadBalancingV2Client;
  /** DNS name or ARN. @default - the account's one Application Load Balancer; several are an error */
  readonly loadBalancer?: string | undefined;
}

/** Reads a load balancer through the ELBv2 API. */
export class Elbv2Reader implements LoadBalancerReader {
  readonly #client: ElasticLoadBalancingV2Client;
  readonly #wanted: string | undefined;

  constructor(options: Elbv2ReaderOptions) {
    this.#client = options.client;
    this.#wanted = options.loadBalancer;
  }

  async readConfig(): Promise<LoadBalancerConfig | undefined> {
    const found = chooseLoadBalancer(await this.#loadBalancers(), this.#wanted);
    const arn = found?.LoadBalancerArn;
    if (!found || !arn) return undefined;
    const described = await this.#client.send(
      new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }),
    );
    const attributes = described.Attributes ?? [];
    const listener = await this.#listener(arn);
    return {
      arn,
      dnsName: found.DNSName ?? '',
      idleTimeoutSeconds: numberOf(arn, attributes, {
        key: 'idle_timeout.timeout_seconds',
        fallback: 60,
        min: 1,
        max: 4000,
      }),
      clientKeepAliveSeconds: numberOf(arn, attributes, {
        key: 'client_keep_alive.seconds',
        fallback: 3600,
        min: 60,
        max: 604800,
      }),
      preserveHostHeader: attributeOf(attributes, 'routing.http.preserve_host_header.enabled') === 'true',
      forwardedForMode: forwardedForMode(arn, attributes),
      listener,
      targetGroups: listener ? await this.#targetGroups(referredTargetGroups(listener)) : new Map(),
    };
  }

  async readTargets(config: LoadBalancerConfig): Promise<RegisteredTargets> {
    const groups = await Promise.all(
      [...config.targetGroups.values()].map(
        async (group) => [group.arn, await this.#registered(group)] as const,
      ),
    );
    return new Map(groups);
  }

  async #registered(group: TargetGroupConfig): Promise<readonly TargetId[]> {
    const described = await this.#client.send(new DescribeTargetHealthCommand({ TargetGroupArn: group.arn }));
    return (described.TargetHealthDescriptions ?? []).flatMap(({ Target: target, TargetHealth: health }) => {
      const gone = health?.State === 'draining' || health?.State === 'unused';
      return target?.Id && !gone ? [{ id: target.Id, port: target.Port ?? group.port }] : [];
    });
  }

  async #loadBalancers(): Promise<readonly LoadBalancer[]> {
    const all: LoadBalancer[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#client.send(new DescribeLoadBalancersCommand({ Marker: marker }));
      all.push(...(page.LoadBalancers ?? []));
      marker = page.NextMarker || undefined;
    } while (marker);
    return all;
  }

  async #listener(loadBalancerArn: string): Promise<ListenerConfig | undefined> {
    const all: Listener[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#client.send(
        new DescribeListenersCommand({ LoadBalancerArn: loadBalancerArn, Marker: marker }),
      );
      all.push(...(page.Listeners ?? []));
      marker = page.NextMarker || undefined;
    } while (marker);
    const [lowest] = all.toSorted((a, b) => (a.Port ?? 0) - (b.Port ?? 0));
    if (!lowest) return undefined;
    return parseListener(lowest, await this.#rules(lowest.ListenerArn));
  }

  async #rules(listenerArn: string | undefined): Promise<readonly Rule[]> {
    const all: Rule[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#client.send(
        new DescribeRulesCommand({ ListenerArn: listenerArn, Marker: marker }),
      );
      all.push(...(page.Rules ?? []));
      marker = page.NextMarker || undefined;
    } while (marker);
    return all;
  }

  async #targetGroups(arns: readonly string[]): Promise<ReadonlyMap<string, TargetGroupConfig>> {
    if (arns.length === 0) return new Map();
    const described = await this.#client.send(
      new DescribeTargetGroupsCommand({ TargetGroupArns: [...arns] }),
    );
    const groups = await Promise.all(
      (described.TargetGroups ?? []).map(async (group) => {
        const { Attributes: attributes = [] } = await this.#client.send(
          new DescribeTargetGroupAttributesCommand({ TargetGroupArn: group.TargetGroupArn }),
        );
        return parseTargetGroup(group, attributes);
      }),
    );
    return new Map(groups.map((group) => [group.arn, group]));
  }
}

function chooseLoadBalancer(
  all: readonly LoadBalancer[],
  wanted: string | undefined,
): LoadBalancer | undefined {
  const applications = all.filter((found) => (found.Type ?? 'application') === 'application');
  if (wanted !== undefined) {
    // DNS names are case-insensitive, and ELB writes them with capitals.
    return applications.find(
      (found) => found.LoadBalancerArn === wanted || found.DNSName?.toLowerCase() === wanted.toLowerCase(),
    );
  }
  if (applications.length > 1) {
    const names = applications.map((found) => found.DNSName ?? found.LoadBalancerArn).join(', ');
    throw new BalancerConfigError(
      'account',
      `holds ${applications.length} Application Load Balancers (${names}); say which one is meant by its DNS name or ARN`,
    );
  }
  return applications[0];
}

function forwardedForMode(arn: string, attributes: Attributes): ForwardedForMode {
  const value = attributeOf(attributes, 'routing.http.xff_header_processing.mode') ?? 'append';
  if (value === 'append' || value === 'preserve' || value === 'remove') return value;
  throw new BalancerConfigError(
    arn,
    `routing.http.xff_header_processing.mode must be append, preserve or remove, got "${value}"`,
  );
}
