import { setTimeout as sleep } from 'node:timers/promises';
import type { SeeingAnswer } from '@pixtral-fleet/smoke-tests/seeing';
import type { Logger } from 'pino';
import type { InstanceConfig } from '../config/instance-config.ts';
import type { Machine } from '../config/machine.ts';
import { createEngineClient, GateRefusal, passGate } from '../gate/pass-gate.ts';
import type { EngineActivity } from '../gateway/index.ts';
import { type OpenRuntime, openRuntime } from '../runtime/open-runtime.ts';
import { endWithStacks } from './end-with-stacks.ts';
import { planEngineCommand } from './engine-command.ts';
import { type EngineProcess, type StartEngine, startEngine, UnkillableError } from './engine-process.ts';
import { StartSteps } from './start-steps.ts';
import { startUnitEngine } from './unit-engine.ts';
import { waitUntilReady } from './wait-until-ready.ts';
import { untilHung } from './watch-progress.ts';

/** vLLM needs up to 8 s beyond its own timeout for a worker that does not leave (recorded, files 701-704). */
const BEYOND_SHUTDOWN_MS = 10_000;

/** Within this time after its last answer the end of a dead model server is known, with its last words. */
const END_NOTICED_MS = 2_000;

/** Starts the model server and brings it to the point where it may serve: ready, and seen to see. */
export class ServingEngine {
  readonly #config: InstanceConfig;
  readonly #machine: Machine;
  readonly #logger: Logger;
  #process: EngineProcess | undefined;
  #runtime: OpenRuntime | undefined;
  /** Of the start that is under way. */
  #steps: StartSteps | undefined;

  constructor(options: {
    readonly config: InstanceConfig;
    readonly machine: Machine;
    readonly logger: Logger;
  }) {
    this.#config = options.config;
    this.#machine = options.machine;
    this.#logger = options.logger;
  }

  /**
   * Makes the runtime usable when that has not been done, and starts the model server from it.
   * @param onStep told what it is doing, until it is ready
   */
  async start(signal: AbortSignal, onStep: (step: string) => void): Promise<EngineProcess> {
    this.#runtime ??= await openRuntime({
      files: this.#machine.runtimeFolder,
      root: this.#machine.runtimeRoot,
      mountedBy: this.#machine.engineUnit ? 'service manager' : 'agent',
      signal,
    });
    const command = planEngineCommand(this.#config, this.#machine, this.#runtime.folder);
    const logger = this.#logger.child({ source: 'engine' });
    const steps = new StartSteps();
    this.#steps = steps;
    onStep(steps.current);
    const { engineUnit } = this.#machine;
    const start: StartEngine = engineUnit ? (options) => startUnitEngine(engineUnit, options) : startEngine;
    this.#process = await start({
      command,
      socket: this.#machine.engineSocket,
      onLine: (line) => {
        logger.info(line);
        const step = this.#steps === steps ? steps.push(line) : undefined;
        if (step) onStep(step);
      },
    });
    this.#logger.info({ pid: this.#process.pid, args: command.args }, 'model server started');
    return this.#process;
  }

  async untilReady(engine: EngineProcess, signal: AbortSignal): Promise<void> {
    const client = createEngineClient(this.#machine.engineSocket, this.#config.servedModelName);
    try {
      await waitUntilReady({
        client,
        engine,
        servedModelName: this.#config.servedModelName,
        timeoutMs: this.#config.engine.startTimeoutSeconds * 1_000,
        signal,
        onWaiting: (seconds) =>
          this.#logger.info({ seconds, step: this.#steps?.current }, 'model server is still loading'),
      });
    } finally {
      this.#steps = undefined;
      await client.close();
    }
  }

  /** @throws GateRefusal when the model does not see; Error when it died while it was asked. */
  async gate(engine: EngineProcess, signal: AbortSignal): Promise<readonly SeeingAnswer[]> {
    const { servedModelName } = this.#config;
    try {
      return await passGate({ socketPath: this.#machine.engineSocket, servedModelName, signal });
    } catch (error) {
      if (!(error instanceof GateRefusal)) throw error;
      // A dead model server answers nothing, which is not blindness: starting it again may help.
      const reason = await Promise.race([engine.ended, sleep(END_NOTICED_MS, undefined, { ref: false })]);
      if (reason === undefined) throw error;
      throw new Error(`the model server ended at the gate: ${reason}`, { cause: error });
    }
  }

  /** Resolves with the reason when it hangs. @throws the reason of `signal` when that aborts */
  untilHung(activity: () => EngineActivity, signal: AbortSignal): Promise<string> {
    return untilHung({
      socketPath: this.#machine.engineSocket,
      activity,
      limitMs: this.#config.engine.hangTimeoutSeconds * 1_000,
      signal,
    });
  }

  /** Ends one that hangs, and has it say where. @throws UnkillableError when it cannot be ended */
  endHung(process: EngineProcess): Promise<void> {
    return endWithStacks(process, this.#logger);
  }

  /** @param atMostMs for its orderly end. @default - its shutdown timeout, and 10 s beyond */
  async stop(atMostMs: number = Number.POSITIVE_INFINITY): Promise<void> {
    const graceMs = this.#config.engine.shutdownTimeoutSeconds * 1_000 + BEYOND_SHUTDOWN_MS;
    try {
      await this.#process?.stop(Math.min(graceMs, atMostMs));
    } catch (error) {
      if (!(error instanceof UnkillableError)) throw error;
      // Whoever stops it has other things to do before the machine goes; one that starts another finds out.
      this.#logger.error({ err: error }, 'the model server did not end');
    }
    const runtime = this.#runtime;
    this.#runtime = undefined;
    await runtime?.close();
  }
}
