import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AccessLog, type AccessRecord } from './access-record.ts';
import type { BalancerEvent, UntimedBalancerEvent } from './balancer-event.ts';
import { BalancerServer } from './balancer-server.ts';
import { ConfigFollower } from './config-follower.ts';
import { Elbv2Reader } from './elbv2-reader.ts';
import { TARGET_CONNECT_TIMEOUT_MS } from './exchange.ts';
import { HealthReporter } from './health-reporter.ts';
import type { TargetId } from './load-balancer-config.ts';
import type { LoadBalancerReader } from './load-balancer-reader.ts';
import type { TargetAddress } from './probe-target.ts';
import { type ReportedHealth, TargetTable, type TargetView } from './target-table.ts';

/** Settings that do not depend on where the configuration comes from. */
export interface BalancerOptions {
  /** The local process that plays a registered target; undefined when none does, which fails health checks and gives 502. */
  readonly resolveTarget: (target: TargetId) => TargetAddress | undefined;
  /** Told the states of all targets of a group, by id, whenever one changes. @default - nobody is told */
  readonly reportHealth?: (targetGroupArn: string, states: ReportedHealth) => Promise<void>;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** Time between two looks at what is registered. @default 500 */
  readonly pollMs?: number;
  /** @default - nobody is told */
  readonly onEvent?: (event: BalancerEvent) => void;
  /** How many access records are kept. @default 10000 */
  readonly accessLogSize?: number;
  /** Time that a target has to accept a connection. @default 10000, as ALB */
  readonly connectTimeoutMs?: number;
  /** At least 0, below 1; for weighted choices. @default Math.random */
  readonly random?: () => number;
}

export type StartBalancerOptions = BalancerOptions &
  (
    | {
        /** Where the load balancer is described. */
        readonly elbv2: ElasticLoadBalancingV2Client;
        /** DNS name or ARN. @default - the account's one Application Load Balancer; several are an error */
        readonly loadBalancer?: string;
        readonly reader?: never;
      }
    | { readonly reader: LoadBalancerReader; readonly elbv2?: never; readonly loadBalancer?: never }
  );

/** A running twin of an Application Load Balancer. */
export interface Balancer {
  /** `http://host:port` */
  readonly url: string;
  readonly port: number;
  /**
   * Resolves once there is a listener and a healthy target. Rejects with a BalancerConfigError when the deployed
   * load balancer asks for what the twin does not play, and when the twin is stopped before.
   */
  readonly ready: Promise<void>;
  targets(): readonly TargetView[];
  /** The latest requests, oldest first. */
  requests(): readonly AccessRecord[];
  /** Closes the listener, cuts what is running, ends health checks and polling. */
  stop(): Promise<void>;
}

/** Starts a twin of the Application Load Balancer that the ELBv2 API describes, and follows what changes there. */
export async function startBalancer(options: StartBalancerOptions): Promise<Balancer> {
  const emit = (event: UntimedBalancerEvent) => options.onEvent?.({ ...event, at: Date.now() });
  const ready = Promise.withResolvers<void>();
  // Whoever does not wait for it must not be ended by its rejection.
  ready.promise.catch(() => undefined);
  const reporter = new HealthReporter({ report: options.reportHealth, emit });
  const log = new AccessLog(options.accessLogSize ?? 10_000);
  const table = new TargetTable({
    resolve: options.resolveTarget,
    emit,
    random: options.random ?? Math.random,
    onStates: (arn, states) => {
      reporter.push(arn, states);
      if (table.anyHealthy()) ready.resolve();
    },
  });
  const server = new BalancerServer({
    table,
    log,
    emit,
    connectTimeoutMs: options.connectTimeoutMs ?? TARGET_CONNECT_TIMEOUT_MS,
    random: options.random ?? Math.random,
  });
  const port = await server.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
  const follower = new ConfigFollower({
    reader: options.reader ?? new Elbv2Reader({ client: options.elbv2, loadBalancer: options.loadBalancer }),
    pollMs: options.pollMs ?? 500,
    emit,
    onConfig: (config, registered) => {
      server.configure(config);
      table.update(config, registered);
    },
    onConfigError: (error) => {
      server.refuse(error);
      ready.reject(error);
    },
  });
  follower.start();
  return {
    url: `http://${options.host ?? '127.0.0.1'}:${port}`,
    port,
    ready: ready.promise,
    targets: () => table.views(),
    requests: () => log.records(),
    stop: async () => {
      ready.reject(new Error('the balancer was stopped before it had a healthy target'));
      await follower.stop();
      table.stop();
      await server.close();
      await reporter.idle();
    },
  };
}
