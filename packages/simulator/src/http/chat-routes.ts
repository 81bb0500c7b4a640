import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ParsedChat } from '../chat/chat-request.ts';
import { type PrepareContext, type PreparedChat, prepareChat } from '../chat/complete-chat.ts';
import { completionBody } from '../chat/completion-body.ts';
import { createIdentity, errorFrames, type Identity, type UsageDetails } from '../chat/frames.ts';
import { type ChatLimits, parseChat } from '../chat/parse-chat.ts';
import { planStream } from '../chat/plan-stream.ts';
import type { Pace } from '../chat/run-answer.ts';
import { playStream, waitForAnswer } from '../chat/stream-chat.ts';
import { parameterError, VllmError } from '../chat/vllm-error.ts';
import { isRecord } from '../json.ts';
import { headerOf } from './install-layers.ts';
import { renderBody } from './render-body.ts';
import { bodyOf } from './token-routes.ts';

export interface ChatContext extends PrepareContext {
  readonly limits: ChatLimits;
  readonly pace: Pace;
  /** Requests that are prepared, waiting or answered. */
  readonly inFlight: () => number;
  /** Counts one until the answer or the client has gone. */
  readonly enter: (reply: FastifyReply) => void;
}

/** Chat, under each of its names. */
export function addChatRoutes(app: FastifyInstance, context: ChatContext): void {
  let refusals = 0;
  app.post('/v1/chat/completions', (request, reply) => answer(request, reply, bodyOf(request)));
  app.post('/invocations', (request, reply) => {
    const body = bodyOf(request);
    if (isRecord(body) && body.messages !== undefined) return answer(request, reply, body);
    throw parameterError('prompt', 'Either prompt or prompt_embeds must be provided and non-empty.');
  });
  app.post('/v1/chat/completions/render', async (request) => {
    if (!context.http.scaleOut) {
      throw new VllmError(
        403,
        'Scale-out endpoints are disabled. Restart vllm serve with --enable-scale-out to enable them.',
      );
    }
    const body = bodyOf(request);
    const chat = parseChat(body, context.limits);
    const { prompt } = await prepareChat(chat, context);
    return renderBody(identityOf(request), prompt.ids, chat, body);
  });

  async function answer(request: FastifyRequest, reply: FastifyReply, body: unknown): Promise<FastifyReply> {
    const { refusal } = context.pace.shutdown;
    if (refusal) throw refusal;
    const chat = withForcedUsage(parseChat(body, context.limits));
    if (context.inFlight() >= context.http.maxQueuedRequests) return refuse(reply, chat);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    context.enter(reply);
    const prepared = await prepareChat(chat, context);
    return chat.stream
      ? stream(reply, chat, prepared, identityOf(request), gone.signal)
      : respond(reply, chat, prepared, identityOf(request), gone.signal);
  }

  /** A stream learns it as often after its status line as before (625). */
  function refuse(reply: FastifyReply, { stream }: ParsedChat): FastifyReply {
    const error = new VllmError(
      503,
      'The engine is currently busy and cannot accept new requests. Please try again later or on a different instance.',
    );
    if (!stream || refusals++ % 2 === 1) throw error;
    return sendEvents(reply, Readable.from([errorFrames(error)], { objectMode: false }));
  }

  async function respond(
    reply: FastifyReply,
    chat: ParsedChat,
    prepared: PreparedChat,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<FastifyReply> {
    const answered = await waitForAnswer(prepared, context.pace, signal);
    const { tokenizer } = context;
    return reply.send(completionBody(identity, answered, chat, { details: detailsOf(prepared), tokenizer }));
  }

  function stream(
    reply: FastifyReply,
    chat: ParsedChat,
    prepared: PreparedChat,
    identity: Identity,
    signal: AbortSignal,
  ): FastifyReply {
    const plan = planStream(identity, prepared, chat, detailsOf(prepared));
    return sendEvents(reply, playStream(plan, prepared, context.pace, signal));
  }

  function identityOf(request: FastifyRequest): Identity {
    return createIdentity(context.limits.servedModelName, headerOf(request, 'x-request-id'));
  }

  function withForcedUsage(chat: ParsedChat): ParsedChat {
    return context.http.forceIncludeUsage ? { ...chat, includeUsage: true, continuousUsage: true } : chat;
  }

  function detailsOf({ cache, prompt }: PreparedChat): UsageDetails | null {
    if (!context.http.promptTokensDetails) return null;
    return {
      cached_tokens: cache.cached,
      created_cache_tokens: cache.created,
      multimodal_tokens: prompt.imageTokens > 0 ? { image: prompt.imageTokens } : null,
    };
  }
}

function sendEvents(reply: FastifyReply, events: Readable): FastifyReply {
  return reply.type('text/event-stream; charset=utf-8').send(events);
}
