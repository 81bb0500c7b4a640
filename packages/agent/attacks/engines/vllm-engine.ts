import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRuntime } from '../../src/runtime/open-runtime.ts';
import { ask } from '../lab/ask.ts';
import { MODEL } from '../lab/target.ts';
import {
  ALLOWED_HOST,
  type BareEngine,
  CONTEXT_TOKENS,
  ENGINE_KEY,
  type EngineStarter,
  type Flavour,
} from './bare-engine.ts';
import { memoryOfProcesses } from './process-memory.ts';

/** A start takes 25 to 100 s on two cores. */
const START_MS = 300_000;

/** There is no vLLM here that could be attacked: told without a stack. */
export class NoVllmError extends Error {
  override readonly name = 'NoVllmError' as const;
}

/**
 * vLLM itself on the CPU with the small model, from the runtime that a rehearsal has built; mounting it needs root.
 * @throws NoVllmError
 */
export async function vllmStarter(repository: string, signal: AbortSignal): Promise<EngineStarter> {
  const cache = join(repository, '.cache');
  const folders = await readdir(cache).catch(() => []);
  const files = folders.find((name) => name.startsWith('runtime-cpu-'));
  if (files === undefined) {
    throw new NoVllmError(
      `there is no runtime of vLLM for the CPU in ${cache}; npm start -- --engine vllm builds it, once, in about 3 minutes`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'attacked-vllm-'));
  const runtime = await openRuntime({ files: join(cache, files), root: join(folder, 'runtime'), signal });
  return {
    kind: 'vllm',
    name: 'vLLM 0.32.0 on the CPU with the small model',
    start: (flavour) => start({ runtime: runtime.folder, repository, folder, flavour, signal }),
    async [Symbol.asyncDispose]() {
      await runtime.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(options: {
  readonly runtime: string;
  readonly repository: string;
  readonly folder: string;
  readonly flavour: Flavour;
  readonly signal: AbortSignal;
}): Promise<BareEngine> {
  const { runtime, repository, folder, flavour, signal } = options;
  const port = await freePort();
  const log = join(folder, `${flavour}-${port}.log`);
  const child = spawn(join(runtime, 'bin', 'vllm'), serveArguments({ repository, flavour, port }), {
    env: {
      ...{ PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder },
      ...{ HF_HUB_OFFLINE: '1', VLLM_NO_USAGE_STATS: '1', DO_NOT_TRACK: '1' },
      ...(flavour === 'locked' ? { VLLM_MEDIA_URL_ALLOW_REDIRECTS: '0' } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: its workers end with it.
    detached: true,
  });
  // However this process ends, as long as it can still do something.
  const killed = () => killGroup(child);
  process.once('exit', killed);
  child.once('exit', () => process.off('exit', killed));
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  await untilReady(child, { port, log, signal });
  return {
    port,
    get alive() {
      return isAlive(child);
    },
    memory: () => memoryOfProcesses(child.pid ?? -1),
    terminate: () => void child.kill('SIGTERM'),
    async [Symbol.asyncDispose]() {
      const exited = isAlive(child) ? once(child, 'exit') : undefined;
      killGroup(child);
      await exited;
      output.end();
    },
  };
}

function serveArguments(options: {
  readonly repository: string;
  readonly flavour: Flavour;
  readonly port: number;
}): readonly string[] {
  const { repository, flavour, port } = options;
  return [
    ...['serve', join(repository, 'packages', 'nano', 'model')],
    ...['--host', '127.0.0.1', '--port', String(port), '--api-key', ENGINE_KEY],
    ...['--served-model-name', MODEL, '--max-model-len', String(CONTEXT_TOKENS)],
    ...['--tokenizer-mode', 'mistral', '--config-format', 'mistral', '--load-format', 'mistral'],
    ...['--limit-mm-per-prompt', '{"image":4}', '--max-num-seqs', '16', '--dtype', 'bfloat16'],
    ...(flavour === 'locked' ? ['--allowed-media-domains', ALLOWED_HOST] : []),
  ];
}

async function untilReady(
  child: ChildProcess,
  { port, log, signal }: { readonly port: number; readonly log: string; readonly signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    if (!isAlive(child))
      throw new Error(`vLLM ended with code ${child.exitCode} before it served; see ${log}`);
    const { status } = await ask({ host: '127.0.0.1', port }, '/health', { timeoutMs: 5_000 });
    if (status === 200) return;
    await sleep(1_000, undefined, { signal }).catch((error: unknown) => {
      killGroup(child);
      throw error;
    });
  }
  killGroup(child);
  throw new Error(`vLLM did not serve within ${START_MS / 1_000} s; see ${log}`);
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('the machine gave no port');
  return address.port;
}
