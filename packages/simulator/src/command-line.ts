import { Command, CommanderError, Option } from 'commander';
import { SimulatorUsageError } from './behaviour.ts';
import type { ControlAddress } from './control/control-server.ts';
import { DEFAULT_HTTP_OPTIONS, type HttpOptions } from './http/http-options.ts';

/** `vllm serve` as far as it decides how the simulator answers. */
export interface ServeArguments {
  readonly modelFolder: string;
  readonly socketPath: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly servedModelName: string;
  readonly maxModelLen: number;
  readonly maxImages: number;
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly apiKey: string | undefined;
  readonly shutdownTimeoutSeconds: number;
  /** Where the behaviour can be changed; vLLM has no such flag. */
  readonly control: ControlAddress | undefined;
  readonly http: HttpOptions;
}

/** Real flags of vLLM 0.32.0 that change nothing here; a flag that vLLM does not know is refused, as vLLM does. */
const IGNORED = [
  '--tokenizer-mode <mode>',
  '--config-format <format>',
  '--load-format <format>',
  '--dtype <type>',
  '--quantization <method>',
  '--gpu-memory-utilization <share>',
  '--kv-cache-dtype <type>',
  '--tensor-parallel-size <gpus>',
  '--mm-hasher-algorithm <name>',
  '--generation-config <source>',
  '--seed <number>',
  '--uvicorn-log-level <level>',
  '--disable-access-log-for-endpoints <paths>',
  '--enforce-eager',
  '--structured-outputs-config <json>',
  '--disable-fastapi-docs',
  '--disable-uvicorn-access-log',
  '--enable-auto-tool-choice',
  '--tool-call-parser <name>',
];

/** @throws SimulatorUsageError with commander's message; CommanderError with exit code 0 for help. */
export function parseServeArguments(args: readonly string[]): ServeArguments {
  let parsed: ServeArguments | undefined;
  const program = new Command('vllm').exitOverride().configureOutput({ writeErr: () => undefined });
  const serve = program
    .command('serve')
    .description('a model server that answers like vLLM and decides from the pixels')
    .argument('<model>', 'model folder')
    .option('--uds <path>', 'listen on a Unix socket')
    .option('--host <host>', 'address', '127.0.0.1')
    .option('--port <number>', 'TCP port', wholeNumber('--port', 0), 8000)
    .option('--served-model-name <name>', 'name in requests and answers')
    .option('--max-model-len <tokens>', 'context length', wholeNumber('--max-model-len', 1), 16_384)
    .option(
      '--max-num-seqs <requests>',
      'requests answered at the same time',
      wholeNumber('--max-num-seqs', 1),
      256,
    )
    .option(
      '--max-num-batched-tokens <tokens>',
      'tokens of a step of an engine model',
      wholeNumber('--max-num-batched-tokens', 1),
      2_048,
    )
    .option(
      '--limit-mm-per-prompt <json>',
      'pictures in one prompt, such as {"image": 4}',
      parseImageLimit,
      999,
    )
    .option('--api-key <key>', 'key that requests under /v1 must carry')
    .option(
      '--shutdown-timeout <seconds>',
      'time to finish after SIGTERM',
      wholeNumber('--shutdown-timeout', 0),
      0,
    )
    .option('--allowed-media-domains <hosts...>', 'hosts that pictures may come from')
    .option('--enable-request-id-headers', 'answer with X-Request-Id')
    .option('--enable-prompt-tokens-details', 'usage says what came from the cache')
    .option('--enable-force-include-usage', 'usage in every stream')
    .option('--enable-server-load-tracking', '/load counts requests')
    .option('--enable-scale-out', '/v1/chat/completions/render answers')
    .option(
      '--max-num-queued-reqs <requests>',
      'requests running and waiting; more get a 503',
      wholeNumber('--max-num-queued-reqs', 1),
    )
    .option(
      '--sse-keep-alive-interval <seconds>',
      'comments in streams that wait',
      wholeNumber('--sse-keep-alive-interval', 1),
    )
    .option(
      '--renderer-num-workers <threads>',
      'prompts prepared at the same time',
      wholeNumber('--renderer-num-workers', 1),
    )
    .option('--control <port or path>', 'where the behaviour can be changed', parseControl)
    .exitOverride()
    .action((modelFolder: string, flags) => {
      parsed = {
        modelFolder,
        socketPath: flags.uds,
        host: flags.host,
        port: flags.port,
        servedModelName: flags.servedModelName ?? modelFolder,
        maxModelLen: flags.maxModelLen,
        maxImages: flags.limitMmPerPrompt,
        maxNumSeqs: flags.maxNumSeqs,
        maxNumBatchedTokens: flags.maxNumBatchedTokens,
        apiKey: flags.apiKey,
        shutdownTimeoutSeconds: flags.shutdownTimeout,
        control: flags.control,
        http: {
          ...DEFAULT_HTTP_OPTIONS,
          requestIdHeaders: flags.enableRequestIdHeaders === true,
          promptTokensDetails: flags.enablePromptTokensDetails === true,
          forceIncludeUsage: flags.enableForceIncludeUsage === true,
          loadTracking: flags.enableServerLoadTracking === true,
          scaleOut: flags.enableScaleOut === true,
          allowedMediaDomains: flags.allowedMediaDomains ?? [],
          maxQueuedRequests: flags.maxNumQueuedReqs ?? DEFAULT_HTTP_OPTIONS.maxQueuedRequests,
          sseKeepAliveSeconds: flags.sseKeepAliveInterval ?? DEFAULT_HTTP_OPTIONS.sseKeepAliveSeconds,
          rendererWorkers: flags.rendererNumWorkers ?? 1,
        },
      };
    });
  for (const flag of IGNORED) serve.addOption(new Option(flag).hideHelp());
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode !== 0) throw new SimulatorUsageError(error.message);
    throw error;
  }
  if (!parsed) throw new SimulatorUsageError('expected: serve <model folder> [flags]');
  return parsed;
}

function wholeNumber(flag: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      throw new SimulatorUsageError(
        `argument ${flag}: expected a whole number from ${least}, got ${JSON.stringify(text)}`,
      );
    }
    return value;
  };
}

/** A number is a port of the loopback interface, anything else the path of a Unix socket. */
function parseControl(text: string): ControlAddress {
  return /^\d+$/.test(text) ? { port: wholeNumber('--control', 0)(text) } : { socketPath: text };
}

function parseImageLimit(text: string): number {
  try {
    const value: unknown = JSON.parse(text);
    const image = typeof value === 'object' && value !== null ? Reflect.get(value, 'image') : undefined;
    if (Number.isInteger(image)) return Number(image);
  } catch {
    // Told below, with what was expected.
  }
  throw new SimulatorUsageError(
    `argument --limit-mm-per-prompt: expected JSON such as {"image": 4}, got ${JSON.stringify(text)}`,
  );
}
