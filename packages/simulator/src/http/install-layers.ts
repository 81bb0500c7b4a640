import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VllmError } from '../chat/vllm-error.ts';
import type { HttpOptions } from './http-options.ts';
import { methodsOf } from './known-routes.ts';

/** What stands around all routes of vLLM: key, request ids, CORS, and the router's own answers. */
export function installLayers(
  app: FastifyInstance,
  options: { readonly apiKey: string | undefined; readonly http: HttpOptions },
): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('server', 'uvicorn');
    // No `connection` and no `keep-alive` (412): the five seconds are not announced.
    reply.raw.removeHeader('connection');
    if (options.http.requestIdHeaders) {
      reply.header('x-request-id', headerOf(request, 'x-request-id') ?? randomBytes(16).toString('hex'));
    }
    if (needsKey(request) && !hasKey(request, options.apiKey)) {
      return reply.code(401).type('application/json').send('{"error":"Unauthorized"}');
    }
    if (isPreflight(request)) return refusePreflight(request, reply);
    reply.header('vary', 'Origin');
    return undefined;
  });
  app.addHook('onSend', async (_request, reply) => {
    // Fastify adds a character set, which Starlette does not for JSON.
    if (reply.getHeader('content-type') === 'application/json; charset=utf-8') {
      reply.header('content-type', 'application/json');
    }
  });
  app.setNotFoundHandler((request, reply) => answerAsRouter(request, reply));
  app.setErrorHandler((error, _request, reply) => {
    const known = error instanceof VllmError ? error : unexpected(error);
    if (known.unexpected) reply.removeHeader('vary');
    return reply.code(known.status).send(known.body());
  });
}

function unexpected(error: unknown): VllmError {
  return new VllmError(500, error instanceof Error ? error.message : String(error), { unexpected: true });
}

/** By the beginning of the path, whether there is such a path or not (605). */
function needsKey(request: FastifyRequest): boolean {
  return request.method !== 'OPTIONS' && /^\/(v1|v2|inference|cohere)/.test(pathOf(request));
}

function hasKey(request: FastifyRequest, key: string | undefined): boolean {
  return key === undefined || request.headers.authorization === `Bearer ${key}`;
}

function pathOf(request: FastifyRequest): string {
  // The absolute form names a host in front; it is the path that counts.
  const [path = ''] = request.url.replace(/^[a-z]+:\/\/[^/]*/i, '').split('?');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function isPreflight(request: FastifyRequest): boolean {
  const { origin, 'access-control-request-method': method } = request.headers;
  return request.method === 'OPTIONS' && origin !== undefined && method !== undefined;
}

/** No origin is allowed by default (018). */
function refusePreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = headerOf(request, 'access-control-request-headers');
  if (asked !== undefined) reply.header('access-control-allow-headers', asked);
  return reply
    .code(400)
    .headers({
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network',
      'access-control-allow-methods': 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY',
      'access-control-max-age': '600',
      'content-type': 'text/plain; charset=utf-8',
    })
    .send('Disallowed CORS origin');
}

/** 404, 405 with the methods that there are, or the way to the path without its last slash (013, 014, 017). */
function answerAsRouter(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = pathOf(request);
  const methods = methodsOf(path);
  if (methods) {
    // Starlette names the methods of the first route of that path only.
    reply.header('allow', methods[0]);
    return reply.code(405).send({ detail: 'Method Not Allowed' });
  }
  if (path.endsWith('/') && methodsOf(path.slice(0, -1))) {
    const location = `http://${request.headers.host ?? ''}${path.slice(0, -1)}`;
    return reply.code(307).header('location', location).send();
  }
  return reply.code(404).send({ detail: 'Not Found' });
}

export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
