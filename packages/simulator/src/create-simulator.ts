import { rm } from 'node:fs/promises';
import Fastify from 'fastify';
import type { Behaviour } from './behaviour.ts';
import { type PrepareContext, prepareChat } from './chat/complete-chat.ts';
import { parseChat } from './chat/parse-chat.ts';
import { PrefixCache } from './chat/prefix-cache.ts';
import { PrepareQueue } from './chat/prepare-queue.ts';
import { createEngine } from './engine/create-engine.ts';
import { addChatRoutes } from './http/chat-routes.ts';
import { DEFAULT_HTTP_OPTIONS, type HttpOptions } from './http/http-options.ts';
import { installLayers } from './http/install-layers.ts';
import { addOpsRoutes } from './http/ops-routes.ts';
import { type EngineEnd, Shutdown } from './http/shutdown.ts';
import { addTokenRoutes } from './http/token-routes.ts';
import { LiveBehaviour } from './live-behaviour.ts';
import type { CacheConfig } from './metrics/cache-config.ts';
import { createCounters, renderMetrics } from './metrics-text.ts';
import { createApproximateTokenizer } from './tokenizer/approximate.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

export interface SimulatorOptions {
  readonly servedModelName: string;
  readonly behaviour: Behaviour;
  /** The same, where it can be changed from outside. @default - only `changeBehaviour` changes it */
  readonly live?: LiveBehaviour;
  /** @default - requests need no key */
  readonly apiKey?: string | undefined;
  /** Context length in tokens. */
  readonly maxModelLen: number;
  /** Pictures in one prompt. */
  readonly maxImages: number;
  /** Requests that are answered at the same time; more wait. */
  readonly maxNumSeqs: number;
  /** Tokens of a step of an engine model. @default 2048 - as vLLM below 70 GiB of GPU memory */
  readonly maxNumBatchedTokens?: number;
  /** Idle connections are closed after this; vLLM's default is 5 s. */
  readonly keepAliveSeconds: number;
  /** @default - as `vllm serve` without these flags */
  readonly http?: Partial<HttpOptions>;
  /** @default - about right for English, see `createApproximateTokenizer` */
  readonly tokenizer?: Tokenizer;
  /** As `/v1/models` shows it. @default - the served name */
  readonly modelFolder?: string;
}

export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string };

/** A model server that answers like vLLM 0.32.0. */
export interface Simulator {
  /** Returns the port, or 0 for a socket. */
  listen(address: ListenAddress): Promise<number>;
  /** Requests that are being answered or wait. */
  readonly inFlight: number;
  /** Of an engine model. @default - there is no KV cache */
  readonly cacheConfig: CacheConfig | undefined;
  /** It has died and everybody is told; vLLM's server then goes too. */
  readonly engineDead: boolean;
  /** Some options, as `PATCH /behaviour` takes them. @throws SimulatorUsageError */
  changeBehaviour(change: unknown): Behaviour;
  /** From now on new requests get the 500 that vLLM gives while it shuts down. */
  beginShutdown(): void;
  /** Requests in flight end in that way. */
  stopEngine(end: EngineEnd): void;
  /** New connections are refused; those with a request go on. */
  stopListening(): void;
  close(): Promise<void>;
}

/** 20 MB were taken without a word (336); this only keeps a test from filling the memory. */
const BODY_LIMIT = 256 * 1024 * 1024;
/** 100 kB were taken (337). */
const HEADER_LIMIT = 1024 * 1024;

export function createSimulator(options: SimulatorOptions): Simulator {
  const { servedModelName, maxModelLen } = options;
  const live = options.live ?? new LiveBehaviour(options.behaviour);
  const behaviour = live.values;
  const http = { ...DEFAULT_HTTP_OPTIONS, ...options.http };
  const tokenizer = options.tokenizer ?? createApproximateTokenizer();
  const engine = createEngine(behaviour, options);
  const cacheConfig = engine.kvTokens > 0 ? { kvTokens: engine.kvTokens, maxModelLen } : undefined;
  const counters = createCounters();
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: options.keepAliveSeconds * 1_000,
    exposeHeadRoutes: false,
    // Node would add a second to the five that uvicorn keeps an idle connection (412).
    http: { maxHeaderSize: HEADER_LIMIT, keepAliveTimeoutBuffer: 0 },
  });
  const shutdown = new Shutdown();
  let inFlight = 0;

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  installLayers(app, { apiKey: options.apiKey, http });
  addOpsRoutes(app, {
    servedModelName,
    modelRoot: options.modelFolder ?? servedModelName,
    maxModelLen,
    load: () => (http.loadTracking ? inFlight : 0),
    metrics: () => renderMetrics(servedModelName, engine, counters, cacheConfig),
    dead: () => shutdown.dead,
  });
  const queue = new PrepareQueue(http.rendererWorkers);
  const cache = new PrefixCache(http.cacheBlockTokens);
  const preparing: PrepareContext = { behaviour, http, tokenizer, queue, cache, maxModelLen };
  addTokenRoutes(app, {
    tokenizer,
    maxModelLen,
    prepare: (work) => queue.run(work),
    encodeChat: async (body) => (await prepareChat(parseChat(body, options), preparing)).prompt.ids,
  });
  addChatRoutes(app, {
    ...preparing,
    limits: options,
    pace: { behaviour, engine, counters, shutdown, keepAliveSeconds: http.sseKeepAliveSeconds },
    inFlight: () => inFlight,
    enter: (reply) => {
      inFlight++;
      reply.raw.once('close', () => {
        inFlight--;
      });
    },
  });

  const obey = () => {
    if (behaviour.hang || behaviour.engine !== 'alive') engine.freeze();
    else engine.thaw();
    if (behaviour.engine === 'dead') shutdown.die();
  };
  live.onChange(obey);
  obey();

  return {
    async listen(address) {
      if ('socketPath' in address) {
        await rm(address.socketPath, { force: true });
        await app.listen({ path: address.socketPath });
        return 0;
      }
      await app.listen(address);
      const bound = app.server.address();
      return typeof bound === 'object' && bound ? bound.port : address.port;
    },
    get inFlight() {
      return inFlight;
    },
    cacheConfig,
    get engineDead() {
      return shutdown.dead;
    },
    changeBehaviour: (change) => live.change(change, 'change of behaviour'),
    beginShutdown: () => shutdown.begin(),
    stopEngine: (end) => shutdown.stopEngine(end),
    stopListening() {
      app.server.close();
    },
    async close() {
      engine.close();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
