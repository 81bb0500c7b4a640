import { rm } from 'node:fs/promises';
import Fastify from 'fastify';
import type { Behaviour } from './behaviour.ts';
import { type PrepareContext, prepareChat } from './chat/complete-chat.ts';
import { parseChat } from './chat/parse-chat.ts';
import { PrefixCache } from './chat/prefix-cache.ts';
import { PrepareQueue } from './chat/prepare-queue.ts';
import { addChatRoutes } from './http/chat-routes.ts';
import { DEFAULT_HTTP_OPTIONS, type HttpOptions } from './http/http-options.ts';
import { installLayers } from './http/install-layers.ts';
import { addOpsRoutes } from './http/ops-routes.ts';
import { addTokenRoutes } from './http/token-routes.ts';
import { createCounters, renderMetrics } from './metrics-text.ts';
import { Scheduler } from './scheduler.ts';
import { createApproximateTokenizer } from './tokenizer/approximate.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

export interface SimulatorOptions {
  readonly servedModelName: string;
  readonly behaviour: Behaviour;
  /** @default - requests need no key */
  readonly apiKey?: string | undefined;
  /** Context length in tokens. */
  readonly maxModelLen: number;
  /** Pictures in one prompt. */
  readonly maxImages: number;
  /** Requests that are answered at the same time; more wait. */
  readonly maxNumSeqs: number;
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
  /** From now on new requests get the 500 that vLLM gives while it shuts down. */
  beginShutdown(): void;
  close(): Promise<void>;
}

/** 20 MB were taken without a word (336); this only keeps a test from filling the memory. */
const BODY_LIMIT = 256 * 1024 * 1024;
/** 100 kB were taken (337). */
const HEADER_LIMIT = 1024 * 1024;

export function createSimulator(options: SimulatorOptions): Simulator {
  const { behaviour, servedModelName, maxModelLen } = options;
  const http = { ...DEFAULT_HTTP_OPTIONS, ...options.http };
  const tokenizer = options.tokenizer ?? createApproximateTokenizer();
  const scheduler = new Scheduler(options.maxNumSeqs);
  const counters = createCounters();
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: options.keepAliveSeconds * 1_000,
    exposeHeadRoutes: false,
    http: { maxHeaderSize: HEADER_LIMIT },
  });
  let shuttingDown = false;
  let inFlight = 0;

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  installLayers(app, { apiKey: options.apiKey, http });
  addOpsRoutes(app, {
    servedModelName,
    modelRoot: options.modelFolder ?? servedModelName,
    maxModelLen,
    load: () => (http.loadTracking ? inFlight : 0),
    metrics: () => {
      const { running, waiting } = scheduler;
      return renderMetrics(servedModelName, { running, waiting, counters });
    },
  });
  const queue = new PrepareQueue(http.rendererWorkers);
  const cache = new PrefixCache(http.cacheBlockTokens);
  const preparing: PrepareContext = { behaviour, http, tokenizer, queue, cache, maxModelLen };
  addTokenRoutes(app, {
    tokenizer,
    maxModelLen,
    encodeChat: async (body) => (await prepareChat(parseChat(body, options), preparing)).prompt.ids,
  });
  addChatRoutes(app, {
    ...preparing,
    limits: options,
    pace: { behaviour, scheduler, counters, keepAliveSeconds: http.sseKeepAliveSeconds },
    shuttingDown: () => shuttingDown,
    inFlight: () => inFlight,
    enter: (reply) => {
      inFlight++;
      reply.raw.once('close', () => {
        inFlight--;
      });
    },
  });

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
    beginShutdown() {
      shuttingDown = true;
    },
    async close() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
