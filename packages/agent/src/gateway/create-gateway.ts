import { totalmem } from 'node:os';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Admission, SYSTEM_CLOCK } from './admission/index.ts';
import { BodyBudget, planBodyBudget } from './connections/body-budget.ts';
import { CONNECTION_TIMEOUTS } from './connections/connection-timeouts.ts';
import { readBody } from './connections/read-body.ts';
import { createApp } from './create-app.ts';
import { EngineProxy } from './engine-proxy.ts';
import { type Chat, enterChat } from './enter-chat.ts';
import { Exchanges } from './exchanges.ts';
import type { Gateway, GatewayOptions, GatewayState } from './gateway.ts';
import { type InspectedRequest, inspectChatRequest } from './inspect-chat-request.ts';
import { KeyCheck } from './keys/key-check.ts';
import { measureRequest } from './measure-request.ts';
import { normalizeRequest } from './normalizing/normalize-request.ts';
import { cutTails } from './pictures/cut-tails.ts';
import { Refusal } from './refusal.ts';
import { parseJsonBody } from './request/parse-json-body.ts';
import { readTraceContext } from './trace-context.ts';

const CHAT_PATH = '/v1/chat/completions';
const DRAIN_RETRY_AFTER_SECONDS = 1;

export function createGateway(options: GatewayOptions): Gateway {
  const { limits, logger, instanceId } = options;
  const engine = new EngineProxy(options.engineSocketPath, limits.streamSilenceSeconds);
  const exchanges = new Exchanges();
  const { timeouts = CONNECTION_TIMEOUTS } = options;
  const memory = planBodyBudget(limits.bodyMemoryBytes, totalmem());
  const budget = new BodyBudget(memory, () => options.apiKeys().length);
  const admission = new Admission({
    maxInFlight: limits.maxInFlight,
    pace: options.pace,
    clock: SYSTEM_CLOCK,
    capacity: () => {
      const { batchSize, kvCacheTokens } = options.capacity();
      return { places: batchSize ?? limits.maxInFlight, tokens: kvCacheTokens };
    },
  });
  let state: GatewayState = 'starting';
  let detail = '';
  const keys = new KeyCheck(options);
  const app = createApp(options, keys);

  app.addHook('onResponse', async (request, reply) => {
    // Also called for clients that have left: nobody was answered then. Who is sent away asks elsewhere at once.
    const isSentAway = state === 'draining' && reply.statusCode === 503;
    if (request.routeOptions.url !== CHAT_PATH || !reply.raw.writableFinished || isSentAway) return;
    options.meter.answered(reply.statusCode);
  });

  app.get('/live', async () => ({ instanceId, state }));
  app.get('/ready', async (_request, reply) => {
    return reply
      .code(state === 'ready' ? 200 : 503)
      .send({ instanceId, state, detail, inFlight: exchanges.count });
  });
  app.get('/v1/models', (request, reply) => pass(request, reply, null));
  app.post(CHAT_PATH, async (request, reply) => {
    // Before its body is read: an upload of megabytes would only be sent away.
    checkState();
    const { body, ...chat } = await receive(request, reply);
    checkState();
    const { imageTokens } = chat.size;
    if (request.apiKey) {
      keys.limits.takeImageTokens(request.apiKey, imageTokens);
      reply.headers(keys.limits.headers(request.apiKey));
    }
    let isSent = false;
    const onSent = () => {
      isSent = true;
    };
    try {
      const prepared = await prepare(body, chat.inspected, reply);
      return await pass(request, reply, prepared, { ...chat, onSent });
    } catch (error) {
      // What the model server has never seen costs its key nothing.
      if (request.apiKey && !isSent) {
        keys.limits.giveImageTokensBack(request.apiKey, imageTokens);
        reply.headers(keys.limits.headers(request.apiKey));
      }
      throw error;
    }
  });

  /** A whole body that may be passed on; of what it was parsed to, nothing is kept. */
  async function receive(
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Chat & { readonly body: Buffer }> {
    const received = await readBody(request.raw, reply.raw, {
      maxBytes: limits.maxBodyBytes,
      budget,
      timeouts,
      key: request.apiKey?.name,
    });
    const parsed = parseJsonBody(received);
    const check = () => inspectChatRequest(parsed, options);
    const fetching = { limits, memory: budget, response: reply.raw };
    const sent = (await options.pictures?.fetchInto(parsed, check, fetching)) ?? received;
    const inspectedAt = performance.now();
    const inspected = check();
    // Who makes pictures anew leaves out what is behind them.
    const body = options.normalizer ? sent : cutTails(sent, inspected.images);
    if (inspected.images.length > 0) options.meter.pictures(performance.now() - inspectedAt);
    return { inspected, size: measureRequest(inspected, sent.length), body };
  }

  /** The body as the model server gets it. */
  async function prepare(body: Buffer, { images }: InspectedRequest, reply: FastifyReply): Promise<Buffer> {
    const { normalizer } = options;
    if (!normalizer) return body;
    try {
      return await normalizeRequest(body, images, { normalizer, memory: budget, response: reply.raw });
    } catch (error) {
      countRefusal(error, reply.request);
      throw error;
    }
  }

  function countRefusal(error: unknown, { record }: FastifyRequest): void {
    if (!(error instanceof Refusal && error.reason)) return;
    record.refused(error.reason);
    options.meter.refused(error.reason);
  }

  async function pass(
    request: FastifyRequest,
    reply: FastifyReply,
    body: Buffer | null,
    chat?: Chat & { readonly onSent: () => void },
  ): Promise<FastifyReply> {
    checkState();
    const { controller, done } = exchanges.begin();
    // Fires for every end of the connection; after a whole answer there is nothing left to abort.
    reply.raw.once('close', () => {
      controller.abort();
      done();
    });
    try {
      const { signal } = controller;
      const exchange = chat && enterChat(request, reply, { ...options, admission, ...chat, signal });
      await exchange?.started;
      chat?.onSent();
      const answer = await engine.send({
        method: body === null ? 'GET' : 'POST',
        path: request.routeOptions.url ?? request.url,
        body,
        requestId: request.id,
        trace: readTraceContext(request.headers).headers,
        meter: exchange?.meter,
        signal: controller.signal,
      });
      const payload =
        answer.body instanceof Buffer ? answer.body : Readable.from(answer.body, { objectMode: false });
      return reply.code(answer.status).type(answer.contentType).send(payload);
    } catch (error) {
      countRefusal(error, request);
      if (controller.signal.aborted && !(controller.signal.reason instanceof Refusal)) reply.raw.destroy();
      throw error;
    }
  }

  function checkState(): void {
    if (state === 'draining') throw goingAway();
    if (state !== 'ready') {
      throw new Refusal(503, `this instance does not serve now: ${detail || state}`, {
        retryAfterSeconds: 5,
      });
    }
  }

  return {
    async listen(address) {
      await app.listen(address);
      const bound = app.server.address();
      return { port: typeof bound === 'object' && bound ? bound.port : address.port };
    },
    setState(next, nextDetail = '') {
      if (next !== state) logger.info({ state: next, detail: nextDetail }, 'gateway state');
      state = next;
      detail = nextDetail;
      if (state === 'draining') admission.sendAway(goingAway());
    },
    get state() {
      return state;
    },
    get engineActivity() {
      return engine.activity;
    },
    get inFlight() {
      return exchanges.count;
    },
    get backlog() {
      return { imageTokens: admission.imageTokens, seconds: admission.backlogSeconds };
    },
    whenIdle: (signal) => exchanges.whenIdle(signal),
    failInFlight: (reason) => exchanges.failAll(reason),
    async close() {
      await engine.close();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** The balancer's next instance takes it. */
function goingAway(): Refusal {
  return new Refusal(503, 'this instance is going away; ask again', {
    retryAfterSeconds: DRAIN_RETRY_AFTER_SECONDS,
  });
}
