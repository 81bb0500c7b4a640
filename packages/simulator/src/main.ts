import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { loadBehaviour, SimulatorUsageError } from './behaviour.ts';
import { parseServeArguments, type ServeArguments } from './command-line.ts';
import { createSimulator, type Simulator } from './create-simulator.ts';
import { httpOptionsOfEnvironment } from './http/http-options.ts';
import { checkModelFolder } from './model/model-folder.ts';
import { readTokenizer } from './tokenizer/read-tokenizer.ts';

try {
  await serve(parseServeArguments(process.argv.slice(2)));
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  const usage = error instanceof SimulatorUsageError;
  console.error(
    usage ? `vllm: error: ${error.message}` : String(error instanceof Error ? error.message : error),
  );
  process.exit(usage ? 2 : 1);
}

async function serve(args: ServeArguments): Promise<void> {
  const behaviour = loadBehaviour();
  console.error(`INFO simulated vLLM 0.32.0 loading ${args.modelFolder}`);
  await checkModelFolder(args.modelFolder);
  if (behaviour.failLoad) throw new Error(`RuntimeError: ${behaviour.failLoad}`);
  await sleep(behaviour.loadSeconds * 1_000);
  // A timer keeps the process alive as a hanging load would.
  if (behaviour.neverReady) await sleep(2 ** 31 - 1);
  const simulator = createSimulator({
    ...args,
    behaviour,
    http: { ...args.http, ...httpOptionsOfEnvironment(process.env) },
    tokenizer: await readTokenizer(args.modelFolder),
    keepAliveSeconds: Number(process.env.VLLM_HTTP_TIMEOUT_KEEP_ALIVE ?? 5),
  });
  const port = await simulator.listen(
    args.socketPath ? { socketPath: args.socketPath } : { host: args.host, port: args.port },
  );
  console.error(
    `INFO Application startup complete, listening on ${args.socketPath ?? `http://${args.host}:${port}`}`,
  );
  process.once('SIGTERM', () => void shutDown(simulator, args));
  process.once('SIGINT', () => void shutDown(simulator, args));
}

/**
 * As recorded (7xx): by default what is in flight is dropped without a word; with a timeout it is finished, while new
 * requests get a 500 and `/health` stays 200.
 */
async function shutDown(simulator: Simulator, args: ServeArguments): Promise<void> {
  simulator.beginShutdown();
  const deadline = performance.now() + args.shutdownTimeoutSeconds * 1_000;
  while (simulator.inFlight > 0 && performance.now() < deadline) await sleep(20);
  await simulator.close();
  if (args.socketPath) await rm(args.socketPath, { force: true });
  process.exit(0);
}
