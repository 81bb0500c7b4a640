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
  /** Without a further token after which the gateway ends a stream with an error. */
  readonly streamSilence: number;
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

/** A token takes milliseconds, a step with the largest prompts a few seconds. */
const STREAM_SILENCE_SECONDS = 120;

/** What the error takes to the client before the balancer gives the connection up. */
const SILENCE_MARGIN_SECONDS = 10;

const ENGINE_SHUTDOWN_SECONDS = 20;

export function planTimeouts(
  config: Pick<ResolvedConfig, 'drainTimeoutSeconds'> & {
    readonly network: { readonly idleTimeoutSeconds: number };
    readonly admission: { readonly deadlineSeconds?: number | undefined };
    readonly gateway: { readonly streamSilenceSeconds?: number | undefined };
  },
): Timeouts {
  const idle = config.network.idleTimeoutSeconds;
  const drain = config.drainTimeoutSeconds;
  return {
    idle,
    keepAlive: idle + KEEP_ALIVE_MARGIN_SECONDS,
    answer: config.admission.deadlineSeconds ?? Math.min(USUAL_DEADLINE_SECONDS, idle),
    streamSilence:
      config.gateway.streamSilenceSeconds ??
      Math.max(1, Math.min(STREAM_SILENCE_SECONDS, idle - SILENCE_MARGIN_SECONDS)),
    drain,
    engineShutdown: ENGINE_SHUTDOWN_SECONDS,
    deregistrationDelay: drain + ENGINE_SHUTDOWN_SECONDS,
    hookHeartbeat: 300,
  };
}
