import type { ResolvedConfig } from './config/index.ts';
import { USUAL_DEADLINE_SECONDS } from './config/sections/admission-config.ts';

/** How long the parts of a fleet wait for each other, in seconds. Which must outlast which: `findTimeoutProblems`. */
export interface Timeouts {
  /** Silence after which the load balancer closes a connection. */
  readonly idle: number;
  /** Silence after which the gateway closes a connection of the load balancer. */
  readonly keepAlive: number;
  /** Within which an answer is wanted where the request does not say. */
  readonly answer: number;
  /** What an instance that is to be replaced may go on answering. */
  readonly drain: number;
  /** What the model server gets to end, once nothing is in flight. */
  readonly engineShutdown: number;
  /** What the load balancer leaves open the connections of an instance that it sends nothing new to. */
  readonly deregistrationDelay: number;
  /** Lifecycle hooks go on without an agent that was silent for this long. */
  readonly hookHeartbeat: number;
}

/** How often the agent says that it is alive: `keepAlive` of packages/agent. */
export const AGENT_HEARTBEAT_SECONDS = 10;

/** Connections that the gateway closes first are reused by the balancer at that moment, and a client gets a 502. */
const KEEP_ALIVE_MARGIN_SECONDS = 15;

const ENGINE_SHUTDOWN_SECONDS = 20;

export function planTimeouts(
  config: Pick<ResolvedConfig, 'drainTimeoutSeconds'> & {
    readonly network: { readonly idleTimeoutSeconds: number };
    readonly admission: { readonly deadlineSeconds?: number | undefined };
  },
): Timeouts {
  const idle = config.network.idleTimeoutSeconds;
  const drain = config.drainTimeoutSeconds;
  return {
    idle,
    keepAlive: idle + KEEP_ALIVE_MARGIN_SECONDS,
    answer: config.admission.deadlineSeconds ?? Math.min(USUAL_DEADLINE_SECONDS, idle),
    drain,
    engineShutdown: ENGINE_SHUTDOWN_SECONDS,
    deregistrationDelay: drain + ENGINE_SHUTDOWN_SECONDS,
    hookHeartbeat: 300,
  };
}
