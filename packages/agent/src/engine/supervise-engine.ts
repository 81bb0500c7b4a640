import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { GateRefusal } from '../gate/pass-gate.ts';
import type { Gateway } from '../gateway/index.ts';
import type { AgentMetrics } from '../metrics/agent-metrics.ts';
import type { BootLog } from '../report/boot-log.ts';
import type { EngineProcess } from './engine-process.ts';
import { MOST_FAILURES_IN_A_ROW, planRestart } from './restart-policy.ts';
import type { ServingEngine } from './serving-engine.ts';

/**
 * Watches a serving model server for ever: when it dies, or hangs and has been ended, what is in flight ends with an error
 * that says so, and a new one has to pass the gate before it gets requests.
 * @throws Error when it cannot be brought back, and the signal's reason when that aborts.
 */
export async function superviseEngine(options: {
  readonly engine: ServingEngine;
  readonly process: EngineProcess;
  readonly gateway: Gateway;
  readonly bootLog: BootLog;
  readonly metrics: Pick<AgentMetrics, 'count'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<never> {
  const { engine, gateway, bootLog, metrics, logger, signal } = options;
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => undefined);
  for (let process = options.process; ; ) {
    const { what, reason } = await Promise.race([untilOver(process, options), aborted]);
    const at = new Date();
    logger.error({ reason }, `the model server ${what}`);
    metrics.count('engineRestarts');
    gateway.setState('failed', `the model server ${what}: ${reason}`);
    gateway.failInFlight(`the model server ${what} while it answered; ask again`);
    if (what === 'hung') {
      metrics.count('engineHangs');
      await engine.endHung(process);
      const end = await process.ended;
      logger.info({ ms: Date.now() - at.getTime(), end }, 'the hung model server was ended');
    }
    const revived = await revive(options);
    const told = what === 'hung' ? `it hung: ${reason}` : reason;
    bootLog.addRestart({
      at: at.toISOString(),
      reason: told,
      ms: Date.now() - at.getTime(),
      gate: revived.gate,
    });
    await bootLog.tryToWrite({ ok: true }, logger);
    gateway.setState('ready');
    logger.info({ ms: Date.now() - at.getTime() }, 'the model server serves again');
    process = revived.process;
  }
}

/** Waits for what ends the service of a model server. */
async function untilOver(
  process: EngineProcess,
  {
    engine,
    gateway,
    signal,
  }: { readonly engine: ServingEngine; readonly gateway: Gateway; readonly signal: AbortSignal },
): Promise<{ readonly what: 'died' | 'hung'; readonly reason: string }> {
  const over = new AbortController();
  const hung = engine.untilHung(() => gateway.engineActivity, AbortSignal.any([over.signal, signal]));
  try {
    return await Promise.race([
      process.ended.then((reason) => ({ what: 'died' as const, reason })),
      hung.then((reason) => ({ what: 'hung' as const, reason })),
    ]);
  } finally {
    over.abort();
    // Nobody waits for it any more.
    hung.catch(() => undefined);
  }
}

async function revive(options: {
  readonly engine: ServingEngine;
  readonly gateway: Gateway;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}) {
  const { engine, gateway, logger, signal } = options;
  for (let failures = 1; ; failures++) {
    const pauseMs = planRestart(failures);
    if (pauseMs === undefined)
      throw new Error(`the model server failed ${MOST_FAILURES_IN_A_ROW} times in a row`);
    await sleep(pauseMs, undefined, { signal });
    try {
      const process = await engine.start(signal, (step) =>
        gateway.setState('starting', `the model server was lost and is ${step} again`),
      );
      await engine.untilReady(process, signal);
      return { process, gate: await engine.gate(process, signal) };
    } catch (error) {
      signal.throwIfAborted();
      await engine.stop();
      // A model that has lost its sight does not get it back by being asked again.
      if (error instanceof GateRefusal) throw error;
      logger.error({ err: error, failures }, 'the model server did not come back');
    }
  }
}
