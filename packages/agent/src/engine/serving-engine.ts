import type { SeeingAnswer } from '@pixtral-fleet/smoke-tests/seeing';
import type { Logger } from 'pino';
import type { InstanceConfig } from '../config/instance-config.ts';
import type { Machine } from '../config/machine.ts';
import { createEngineClient, passGate } from '../gate/pass-gate.ts';
import { planEngineCommand } from './engine-command.ts';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** vLLM needs up to 8 s beyond its own timeout for a worker that does not leave (recorded, files 701-704). */
const BEYOND_SHUTDOWN_MS = 10_000;

/** Starts the model server and brings it to the point where it may serve: ready, and seen to see. */
export class ServingEngine {
  readonly #config: InstanceConfig;
  readonly #machine: Machine;
  readonly #logger: Logger;
  #process: EngineProcess | undefined;

  constructor(options: {
    readonly config: InstanceConfig;
    readonly machine: Machine;
    readonly logger: Logger;
  }) {
    this.#config = options.config;
    this.#machine = options.machine;
    this.#logger = options.logger;
  }

  async start(): Promise<EngineProcess> {
    const command = planEngineCommand(this.#config, this.#machine);
    const logger = this.#logger.child({ source: 'engine' });
    this.#process = await startEngine({
      command,
      socket: this.#machine.engineSocket,
      onLine: (line) => logger.info(line),
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
        onWaiting: (seconds) => this.#logger.info({ seconds }, 'model server is still loading'),
      });
    } finally {
      await client.close();
    }
  }

  gate(signal: AbortSignal): Promise<readonly SeeingAnswer[]> {
    const { servedModelName } = this.#config;
    return passGate({ socketPath: this.#machine.engineSocket, servedModelName, signal });
  }

  async stop(): Promise<void> {
    await this.#process?.stop(this.#config.engine.shutdownTimeoutSeconds * 1_000 + BEYOND_SHUTDOWN_MS);
  }
}
