import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { type Behaviour, SimulatorUsageError } from './behaviour.ts';
import { parseServeArguments, type ServeArguments } from './command-line.ts';
import { createSimulator, type Simulator } from './create-simulator.ts';
import { httpOptionsOfEnvironment } from './http/http-options.ts';
import { checkModelFolder } from './model/model-folder.ts';
import { loadBehaviour } from './parse-behaviour.ts';
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
  process.once('SIGTERM', () => void shutDown(simulator, args, behaviour));
  process.once('SIGINT', () => void shutDown(simulator, args, behaviour));
}

/** For so long after the end of the engine new requests still get a 500; then they are refused (701). */
const LAST_ANSWERS_MS = 100;

/**
 * As recorded (7xx): new requests get a 500 while `/health` stays 200, for as long as `--shutdown-timeout` gives those in
 * flight. What is not done then most often never ends, and the process stays until its clients have left.
 */
async function shutDown(simulator: Simulator, args: ServeArguments, behaviour: Behaviour): Promise<void> {
  simulator.beginShutdown();
  const { shutdownTimeoutSeconds } = args;
  const deadline = performance.now() + shutdownTimeoutSeconds * 1_000;
  while (simulator.inFlight > 0 && performance.now() < deadline) await sleep(20);
  const told = shutdownTimeoutSeconds === 0 ? 'abort' : 'error';
  simulator.stopEngine(behaviour.tellsOfShutdown ? told : 'silent');
  await sleep(LAST_ANSWERS_MS);
  simulator.stopListening();
  while (simulator.inFlight > 0) await sleep(20);
  await simulator.close();
  if (args.socketPath) await rm(args.socketPath, { force: true });
  process.exit(0);
}
