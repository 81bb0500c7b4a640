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
 * Watches a serving model server for ever: when it dies, what is in flight ends with an error that says so, and a new
 * one has to pass the gate before it gets requests.
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
  const { gateway, bootLog, metrics, logger, signal } = options;
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => undefined);
  for (let process = options.process; ; ) {
    const reason = await Promise.race([process.ended, aborted]);
    const at = new Date();
    logger.error({ reason }, 'the model server died');
    metrics.count('engineRestarts');
    gateway.setState('failed', `the model server died: ${reason}`);
    gateway.failInFlight('the model server died while it answered; ask again');
    const revived = await revive(options);
    bootLog.addRestart({ at: at.toISOString(), reason, ms: Date.now() - at.getTime(), gate: revived.gate });
    await bootLog.tryToWrite({ ok: true }, logger);
    gateway.setState('ready');
    logger.info({ ms: Date.now() - at.getTime() }, 'the model server serves again');
    process = revived.process;
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
        gateway.setState('starting', `the model server died and is ${step} again`),
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
