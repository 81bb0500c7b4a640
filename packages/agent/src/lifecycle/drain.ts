import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ServingEngine } from '../engine/serving-engine.ts';
import type { Gateway } from '../gateway/index.ts';
import { completeAction, completeWhenWaiting, keepAlive, type LifecycleAction } from './lifecycle-action.ts';
import type { Departure } from './watch-termination.ts';

/** The balancer lets go after its deregistration delay, which is the drain's own time; the group notices a little later. */
const HOOK_MARGIN_MS = 60_000;

/** Admits nothing more, lets what is in flight end, then ends the model server and lets the group go on. */
export async function drain(options: {
  readonly departure: Departure;
  readonly timeoutMs: number;
  readonly gateway: Gateway;
  readonly engine: ServingEngine;
  readonly logger: Logger;
  readonly action: LifecycleAction;
  /** Sends logs and metrics that wait: when the hook is completed, the machine goes. */
  readonly flush: () => Promise<void>;
  /** Aborts when the process was told to end: what is left of the machine's time is short then. */
  readonly terminate: AbortSignal;
}): Promise<void> {
  const { departure, timeoutMs, gateway, engine, logger, action } = options;
  const { reason, byGroup } = departure;
  logger.info({ reason, inFlight: gateway.inFlight }, 'draining');
  using _ = keepAlive(action, (error) => logger.warn({ err: error }, 'heartbeat was lost'));
  gateway.setState('draining', reason);
  await untilIdle(gateway, timeoutMs);
  if (gateway.inFlight > 0) {
    logger.warn({ inFlight: gateway.inFlight }, 'the drain ended before all requests had');
    // Their clients are told here: vLLM would leave such streams open for ever, and itself wait for them (recorded: 701).
    gateway.failInFlight('this instance went away before the answer was complete; ask again');
  }
  await engine.stop();
  await options.flush();
  const waited = byGroup
    ? await completeWhenWaiting(action, { timeoutMs: timeoutMs + HOOK_MARGIN_MS, signal: options.terminate })
    : await completeAction(action, 'CONTINUE');
  if (byGroup && !waited) logger.warn('the terminate hook never waited for this instance');
  logger.info({ waited }, 'drained');
}

async function untilIdle(gateway: Gateway, timeoutMs: number): Promise<void> {
  const late = new AbortController();
  await Promise.race([
    gateway.whenIdle(late.signal),
    sleep(timeoutMs, undefined, { signal: late.signal, ref: false }),
  ]);
  late.abort();
}
