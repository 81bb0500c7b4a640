import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Behaviour } from './behaviour.ts';
import { type PreparedChat, prepareChat } from './chat/complete-chat.ts';
import {
  completionBody,
  createIdentity,
  firstChunk,
  frame,
  type Identity,
  textChunk,
  usageChunk,
} from './chat/frames.ts';
import { type ParsedChat, parseChat } from './chat/parse-chat.ts';
import { VllmError, validationError } from './chat/vllm-error.ts';
import { createCounters, renderMetrics } from './metrics-text.ts';
import { Scheduler } from './scheduler.ts';

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

export function createSimulator(options: SimulatorOptions): Simulator {
  const { behaviour, servedModelName } = options;
  const scheduler = new Scheduler(options.maxNumSeqs);
  const counters = createCounters();
  const created = Math.floor(Date.now() / 1_000);
  const app = Fastify({ bodyLimit: BODY_LIMIT, keepAliveTimeout: options.keepAliveSeconds * 1_000 });
  let shuttingDown = false;
  let inFlight = 0;

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    reply.header('server', 'uvicorn');
    const guarded = /^\/(v1|v2|inference|cohere)\b/.test(request.url);
    if (options.apiKey && guarded && request.headers.authorization !== `Bearer ${options.apiKey}`) {
      return reply.code(401).send({ error: 'Unauthorized' });
    }
    return undefined;
  });
  app.setNotFoundHandler((request, reply) => {
    const known = ['/v1/chat/completions', '/v1/models', '/health', '/version', '/metrics'].includes(
      request.url,
    );
    return reply.code(known ? 405 : 404).send({ detail: known ? 'Method Not Allowed' : 'Not Found' });
  });
  app.setErrorHandler((error, _request, reply) => {
    const known =
      error instanceof VllmError
        ? error
        : new VllmError(500, error instanceof Error ? error.message : String(error));
    return reply.code(known.status).send(known.body());
  });

  app.get('/health', (_request, reply) => reply.code(200).send());
  app.get('/version', async () => ({ version: '0.32.0' }));
  app.get('/metrics', (_request, reply) => {
    const { running, waiting } = scheduler;
    return reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(renderMetrics(servedModelName, { running, waiting, counters }));
  });
  app.get('/v1/models', async () => ({
    object: 'list',
    data: [
      {
        id: servedModelName,
        object: 'model',
        created,
        owned_by: 'vllm',
        root: servedModelName,
        parent: null,
        max_model_len: options.maxModelLen,
        permission: [],
      },
    ],
  }));
  app.post('/v1/chat/completions', async (request, reply) => {
    if (shuttingDown) throw new VllmError(500, 'cannot schedule new futures after shutdown');
    if (behaviour.hang) return new Promise<never>(() => undefined);
    const chat = parseChat(parseBody(request), { ...options });
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    inFlight++;
    reply.raw.once('close', () => {
      inFlight--;
    });
    const prepared = await prepareChat(chat, { behaviour, scheduler, limits: options });
    const identity = createIdentity(servedModelName, headerOf(request, 'x-request-id'));
    counters.promptTokens += prepared.promptTokens;
    if (chat.stream) {
      const text = Readable.from(stream(chat, prepared, identity, gone.signal), { objectMode: false });
      return reply.type('text/event-stream; charset=utf-8').send(text);
    }
    return respond(reply, chat, prepared, identity, gone.signal);
  });

  async function respond(
    reply: FastifyReply,
    chat: ParsedChat,
    prepared: PreparedChat,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<FastifyReply> {
    const { tokens, finishReason, promptTokens } = prepared;
    await scheduler.run(signal, () =>
      sleep(behaviour.firstTokenMs + tokens.length * behaviour.perTokenMs, undefined, { signal }),
    );
    counters.finished[finishReason]++;
    counters.generationTokens += tokens.length;
    const answers = Array.from({ length: chat.choices }, () => ({ text: tokens.join(''), finishReason }));
    return reply.send(
      completionBody(identity, answers, { promptTokens, completionTokens: tokens.length * chat.choices }),
    );
  }

  async function* stream(
    chat: ParsedChat,
    prepared: PreparedChat,
    identity: Identity,
    signal: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    const { tokens, finishReason, promptTokens } = prepared;
    const place = Promise.withResolvers<void>();
    const admitted = Promise.withResolvers<void>();
    const held = scheduler.run(signal, () => {
      admitted.resolve();
      return place.promise;
    });
    held.catch(admitted.reject);
    try {
      await admitted.promise;
      await sleep(behaviour.firstTokenMs, undefined, { signal });
      yield frame(firstChunk(identity));
      for (const [index, token] of tokens.entries()) {
        if (index > 0) await sleep(behaviour.perTokenMs, undefined, { signal });
        if (behaviour.midStreamErrorAfterTokens > 0 && index >= behaviour.midStreamErrorAfterTokens) {
          counters.finished.error++;
          yield frame(
            new VllmError(
              500,
              'EngineCore encountered an issue. See stack trace (above) for the root cause.',
            ).body(),
          );
          yield frame('[DONE]');
          return;
        }
        const last = index === tokens.length - 1;
        counters.generationTokens++;
        yield frame(
          textChunk(identity, token, last ? { finishReason, fingerprint: !chat.includeUsage } : undefined),
        );
      }
      if (tokens.length === 0)
        yield frame(textChunk(identity, '', { finishReason, fingerprint: !chat.includeUsage }));
      counters.finished[finishReason]++;
      if (chat.includeUsage)
        yield frame(usageChunk(identity, { promptTokens, completionTokens: tokens.length }));
      yield frame('[DONE]');
    } finally {
      place.resolve();
      await held.catch(() => undefined);
    }
  }

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

function parseBody(request: FastifyRequest): unknown {
  const type = headerOf(request, 'content-type') ?? '';
  if (!type.startsWith('application/json')) {
    throw new VllmError(
      400,
      "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed",
      { type: 'Bad Request' },
    );
  }
  const bytes = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  if (bytes.length === 0)
    throw validationError({ type: 'missing', field: '', message: 'Field required', input: 'None' });
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // The position is Python's; V8 reports another one, so that it is left at the start.
    throw new VllmError(
      400,
      "1 validation error:\n  {'type': 'json_invalid', 'loc': 'body.0', 'msg': 'JSON decode error', 'input': '<dict of 0 items>', 'ctx': {'error': 'Expecting value'}}",
      { type: 'Bad Request', param: 'body.0' },
    );
  }
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
