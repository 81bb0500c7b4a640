import { rm } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { SimulatorUsageError } from './behaviour.ts';
import { parseServeArguments, type ServeArguments } from './command-line.ts';
import { startControlServer } from './control/control-server.ts';
import { createSimulator } from './create-simulator.ts';
import { EngineStartError } from './engine-model/engine-model.ts';
import { httpOptionsOfEnvironment } from './http/http-options.ts';
import { engineDeath } from './lifecycle/engine-death.ts';
import { formatStartFailure } from './lifecycle/engine-failure-log.ts';
import { shutDown } from './lifecycle/shut-down.ts';
import { waitUntilLoaded } from './lifecycle/wait-until-loaded.ts';
import { LiveBehaviour } from './live-behaviour.ts';
import { formatCacheConfig } from './metrics/cache-config.ts';
import { checkModelFolder } from './model/model-folder.ts';
import { loadBehaviour } from './parse-behaviour.ts';
import { readTokenizer } from './tokenizer/read-tokenizer.ts';

try {
  await serve(parseServeArguments(process.argv.slice(2)));
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  if (error instanceof EngineStartError) {
    console.error(formatStartFailure(error, { now: new Date(), pid: process.pid }).trimEnd());
    process.exit(1);
  }
  const usage = error instanceof SimulatorUsageError;
  console.error(
    usage ? `vllm: error: ${error.message}` : String(error instanceof Error ? error.message : error),
  );
  process.exit(usage ? 2 : 1);
}

async function serve(args: ServeArguments): Promise<void> {
  const behaviour = new LiveBehaviour(loadBehaviour());
  console.error(`INFO simulated vLLM 0.32.0 loading ${args.modelFolder}`);
  if (args.control !== undefined) {
    const control = await startControlServer(behaviour, args.control);
    const where = 'socketPath' in args.control ? args.control.socketPath : `http://127.0.0.1:${control.port}`;
    console.error(`INFO behaviour can be changed at ${where}`);
  }
  await checkModelFolder(args.modelFolder);
  await waitUntilLoaded(behaviour.values);
  const simulator = createSimulator({
    ...args,
    behaviour: behaviour.values,
    live: behaviour,
    http: { ...args.http, ...httpOptionsOfEnvironment(process.env) },
    tokenizer: await readTokenizer(args.modelFolder),
    keepAliveSeconds: Number(process.env.VLLM_HTTP_TIMEOUT_KEEP_ALIVE ?? 5),
  });
  if (simulator.cacheConfig) {
    for (const line of formatCacheConfig(simulator.cacheConfig).split('\n')) console.error(`INFO ${line}`);
  }
  const port = await simulator.listen(
    args.socketPath ? { socketPath: args.socketPath } : { host: args.host, port: args.port },
  );
  behaviour.loaded = true;
  console.error(
    `INFO Application startup complete, listening on ${args.socketPath ?? `http://${args.host}:${port}`}`,
  );
  await Promise.race([
    engineDeath(simulator, behaviour, process.env),
    signalled().then(() =>
      shutDown(simulator, { timeoutSeconds: args.shutdownTimeoutSeconds, behaviour: behaviour.values }),
    ),
  ]);
  await exit(args);
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

async function exit({ socketPath, control }: ServeArguments): Promise<never> {
  for (const path of [socketPath, control && 'socketPath' in control ? control.socketPath : undefined]) {
    if (path) await rm(path, { force: true });
  }
  process.exit(0);
}
