import { AGENT_HEARTBEAT_SECONDS, planTimeouts, type Timeouts } from '../../timeouts.ts';
import type { ConfigCheck } from './index.ts';

/** `deregistration_delay.timeout_seconds` goes up to this. */
const LONGEST_DEREGISTRATION_DELAY = 3_600;

/** A hook may be kept waiting for 100 heartbeats, and for 48 hours at most (Auto Scaling quotas). */
const MOST_HEARTBEATS = 100;
const LONGEST_HOOK_SECONDS = 48 * 3_600;

export const checkTimeouts: ConfigCheck = (config) => findTimeoutProblems(planTimeouts(config));

/** Where one part would give up before the part that it waits for, one sentence each. */
export function findTimeoutProblems(timeouts: Timeouts): readonly string[] {
  const {
    idle,
    keepAlive,
    answer,
    streamSilence,
    drain,
    engineShutdown,
    deregistrationDelay,
    hookHeartbeat,
  } = timeouts;
  const longestHook = Math.min(hookHeartbeat * MOST_HEARTBEATS, LONGEST_HOOK_SECONDS);
  const problems: readonly (readonly [boolean, string])[] = [
    [
      keepAlive <= idle,
      `the gateway keeps connections for ${keepAlive} s, the load balancer for ${idle} s (network.idleTimeoutSeconds): the gateway's must be longer, or the balancer reuses connections that are being closed`,
    ],
    [
      answer > idle,
      `admission.deadlineSeconds (${answer}) must be at most network.idleTimeoutSeconds (${idle}): the load balancer ends a request that is silent for longer`,
    ],
    [
      streamSilence >= Math.max(2, idle),
      `gateway.streamSilenceSeconds (${streamSilence}) must be less than network.idleTimeoutSeconds (${idle}): the load balancer cuts a stream that is silent for longer, without a word`,
    ],
    [
      deregistrationDelay < drain + engineShutdown,
      `the deregistration delay of ${deregistrationDelay} s must cover drainTimeoutSeconds (${drain}) and the shutdown of the model server (${engineShutdown}), or the load balancer cuts what the drain lets finish`,
    ],
    [
      deregistrationDelay > LONGEST_DEREGISTRATION_DELAY,
      `drainTimeoutSeconds must be at most ${LONGEST_DEREGISTRATION_DELAY - engineShutdown}, got ${drain}: with ${engineShutdown} s for the shutdown of the model server it makes the deregistration delay, which goes up to ${LONGEST_DEREGISTRATION_DELAY} s`,
    ],
    [
      hookHeartbeat <= AGENT_HEARTBEAT_SECONDS,
      `lifecycle hooks wait ${hookHeartbeat} s for a heartbeat that agents send every ${AGENT_HEARTBEAT_SECONDS} s`,
    ],
    [
      longestHook < drain + engineShutdown,
      `lifecycle hooks end after ${longestHook} s whatever the heartbeats say, before drainTimeoutSeconds (${drain}) and the shutdown of the model server (${engineShutdown}) have passed`,
    ],
  ];
  return problems.flatMap(([broken, problem]) => (broken ? [problem] : []));
}
