import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import type { ApiKey } from '../config/api-keys.ts';
import { checkRequestHead } from './connections/check-request-head.ts';
import { CONNECTION_TIMEOUTS } from './connections/connection-timeouts.ts';
import { ConnectionGuard, MAX_HEADER_BYTES } from './connections/guard-server.ts';
import { leavesMuchUnread, refuseUnread } from './connections/refuse-unread.ts';
import type { GatewayOptions } from './gateway.ts';
import type { KeyCheck } from './keys/key-check.ts';
import { errorBody, Refusal } from './refusal.ts';
import { logRequest, RequestRecord } from './request-record.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that it carries; null where none is needed. */
    apiKey: ApiKey | null;
    /** What the log will say of it. */
    record: RequestRecord;
  }
}

/** What may be asked without a key, by whoever reaches the port: the balancer's health checks. */
const OPEN_PATHS: readonly string[] = ['/live', '/ready'];

/** Everything that holds for all routes: keys, error shape, limits of time and size, who answered. */
export function createApp(options: GatewayOptions, keys: KeyCheck): FastifyInstance {
  const { limits, logger, instanceId, timeouts = CONNECTION_TIMEOUTS } = options;
  const guard = new ConnectionGuard({ instanceId, ...timeouts });
  const app = Fastify({
    loggerInstance: logger,
    // The gateway writes one line for each request itself, when it is over.
    logController: new LogController({ disableRequestLogging: true }),
    keepAliveTimeout: limits.keepAliveSeconds * 1_000,
    // Beyond all that is told in words: bodies that nobody reads.
    requestTimeout: timeouts.headersMs + timeouts.bodyMs + timeouts.lingerMs,
    http: {
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: Math.ceil(timeouts.headersMs / 5),
      maxHeaderSize: MAX_HEADER_BYTES,
      // Refused in the documented shape, with what else is wrong with a head.
      requireHostHeader: false,
    },
    clientErrorHandler: guard.onClientError,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    // Also where fastify itself answers before any route: broken escapes and the like.
    frameworkErrors: (error, _request, reply: unknown) => {
      const answer = reply as FastifyReply;
      void answer
        .header('x-pixtral-instance', instanceId)
        .code(400)
        .send(errorBody(new Refusal(400, error.message)));
    },
  }) as unknown as FastifyInstance;
  guard.attach(app.server);
  // Only looked at here; whoever wants the body reads it, and gets the very bytes.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', (_request, _payload, done) => done(null));
  app.decorateRequest('apiKey', null);
  app.decorateRequest('record');
  app.addHook('onRequest', async (request, reply) => {
    request.record = new RequestRecord();
    // Fires also for clients that leave. Health checks, of which there is one every few seconds, are not told.
    if (!OPEN_PATHS.includes(request.routeOptions.url ?? '')) {
      reply.raw.once('close', () => logRequest(request, reply));
    }
    reply.header('x-pixtral-instance', instanceId).header('x-request-id', request.id);
    checkRequestHead(request.raw);
    // By the route that answers, not by how its path was written.
    const isOpen = request.is404 || OPEN_PATHS.includes(request.routeOptions.url ?? '');
    if (isOpen) return;
    const key = keys.check(request.headers, request.routeOptions.url ?? '');
    request.apiKey = key;
    request.log = reply.log = request.log.child({ key: key.name });
    try {
      keys.limits.takeRequest(key);
    } finally {
      reply.headers(keys.limits.headers(key));
    }
  });
  const methods = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, [...(methods.get(url) ?? []), method].flat());
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = methods.get(path)?.join(', ');
    if (allowed !== undefined) {
      reply.header('allow', allowed);
      throw new Refusal(405, `${path} takes ${allowed}, got ${request.method}`);
    }
    throw new Refusal(404, `there is no ${request.method} ${path.slice(0, 200)} here`);
  });
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    const refusal =
      error instanceof Refusal ? error : new Refusal(error.statusCode ?? 500, describeError(error));
    if (refusal.status >= 500 && !(error instanceof Refusal))
      request.log.error({ err: error }, 'unexpected error');
    if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', refusal.retryAfterSeconds);
    const body = errorBody(refusal);
    // Who is late with a body may stay so: the connection is not waited with.
    if (refusal.status === 408 || leavesMuchUnread(request.raw)) {
      return refuseUnread(request, reply, { status: refusal.status, body, lingerMs: timeouts.lingerMs });
    }
    return reply.code(refusal.status).send(body);
  });
  return app;
}

function describeError(error: FastifyError): string {
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'the body must be sent as application/json';
  return error.statusCode && error.statusCode < 500 ? error.message : 'the gateway failed; see its log';
}

/** The client's own id when it is a plain one, so that its log and this one can be laid side by side. */
function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : randomUUID();
}
