import type { Logger } from 'pino';
import type { ServingEngine } from '../engine/serving-engine.ts';
import type { Gateway } from '../gateway/index.ts';
import type { AgentMetrics } from '../metrics/agent-metrics.ts';
import type { Departure } from './departure.ts';
import type { DrainBound } from './drain-bound.ts';
import { completeWhenWaiting, finishWaiting, keepAlive, type LifecycleAction } from './lifecycle-action.ts';

/** The balancer lets go after its deregistration delay, which is the drain's own time; the group notices a little later. */
const HOOK_MARGIN_MS = 60_000;

/** Admits nothing more, lets what is in flight end, then ends the model server and lets the group go on. */
export async function drain(options: {
  readonly departure: Departure;
  readonly bound: DrainBound;
  /** What the drain gets where nobody says when the machine goes. */
  readonly timeoutMs: number;
  readonly gateway: Gateway;
  readonly engine: ServingEngine;
  readonly metrics: Pick<AgentMetrics, 'drained'>;
  readonly logger: Logger;
  readonly action: LifecycleAction;
  /** Sends logs and metrics that wait: when the hook is completed, the machine goes. */
  readonly flush: () => Promise<void>;
  /** Aborts when the process was told to end: what is left of the machine's time is short then. */
  readonly terminate: AbortSignal;
}): Promise<void> {
  const { departure, bound, gateway, engine, logger, action } = options;
  const { cause, reason } = departure;
  const began = performance.now();
  const { inFlight } = gateway;
  logger.info({ reason, inFlight, boundSeconds: seconds(bound.leftMs) }, 'draining');
  using _ = keepAlive(action, (error) => logger.warn({ err: error }, 'heartbeat was lost'));
  gateway.setState('draining', reason);
  await untilIdle(gateway, bound);
  const cut = gateway.inFlight;
  if (cut > 0) {
    logger.warn({ inFlight: cut }, 'the drain ended before all requests had');
    // Their clients are told here: vLLM would leave such streams open for ever, and itself wait for them (recorded: 701).
    gateway.failInFlight('this instance went away before the answer was complete; ask again');
  }
  const result = { cause, inFlight, cut, seconds: seconds(performance.now() - began) };
  options.metrics.drained(result);
  logger.info({ ...result, result: cut > 0 ? 'cut' : 'finished' }, 'requests have ended');
  await engine.stop(bound.stopMs);
  await options.flush();
  const waited = await completeHook(options);
  if (cause === 'group' && !waited) logger.warn('the terminate hook never waited for this instance');
  logger.info({ waited }, 'drained');
}

/** Whatever the group answers, the drain is over: a hook that was not completed ends by itself when its time is over. */
function completeHook({
  departure,
  timeoutMs,
  logger,
  action,
  terminate,
}: {
  readonly departure: Departure;
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly action: LifecycleAction;
  readonly terminate: AbortSignal;
}): Promise<boolean> {
  const onError = (error: unknown) =>
    logger.warn({ err: error }, 'the terminate hook could not be completed');
  return departure.cause === 'group'
    ? completeWhenWaiting(action, { timeoutMs: timeoutMs + HOOK_MARGIN_MS, signal: terminate, onError })
    : finishWaiting(action, onError);
}

async function untilIdle(gateway: Gateway, bound: DrainBound): Promise<void> {
  const late = new AbortController();
  await Promise.race([gateway.whenIdle(late.signal), bound.reached]);
  late.abort();
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
