import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { KNOWN_ROUTES } from './known-routes.ts';

export interface OpsContext {
  readonly servedModelName: string;
  readonly modelRoot: string;
  readonly maxModelLen: number;
  readonly metrics: () => string;
  /** The engine has died, and the server knows. */
  readonly dead: () => boolean;
  /** Requests that are prepared or answered; always 0 without `--enable-server-load-tracking`. */
  readonly load: () => number;
}

/** What tells about the server and answers nobody's question. */
export function addOpsRoutes(app: FastifyInstance, context: OpsContext): void {
  app.get('/health', (_request, reply) => reply.code(context.dead() ? 503 : 200).send());
  app.route({ method: ['GET', 'POST'], url: '/ping', handler: (_request, reply) => reply.send() });
  app.get('/version', async () => ({ version: '0.32.0' }));
  app.get('/load', async () => ({ server_load: context.load() }));
  app.get('/kv_event_sources', async () => ({ sources: [] }));
  app.post('/is_scaling_elastic_ep', async () => ({ is_scaling_elastic_ep: false }));
  app.get('/metrics', (_request, reply) =>
    reply.type('text/plain; version=1.0.0; charset=utf-8').send(context.metrics()),
  );
  app.get('/v1/models', async () => models(context));
  app.get('/openapi.json', async () => openApi());
  app.get('/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(DOCS));
}

/** The times are those of the request, not of the start. */
function models({ servedModelName, modelRoot, maxModelLen }: OpsContext): object {
  const created = Math.floor(Date.now() / 1_000);
  const permission = {
    id: `modelperm-${randomBytes(8).toString('hex')}`,
    object: 'model_permission',
    created,
    allow_create_engine: false,
    allow_sampling: true,
    allow_logprobs: true,
    allow_search_indices: false,
    allow_view: true,
    allow_fine_tuning: false,
    organization: '*',
    group: null,
    is_blocking: false,
  };
  const model = {
    id: servedModelName,
    object: 'model',
    created,
    owned_by: 'vllm',
    root: modelRoot,
    parent: null,
    max_model_len: maxModelLen,
    permission: [permission],
  };
  return { object: 'list', data: [model] };
}

/** The paths only: the schemas are 270 kB that nobody generates a client from (005). */
function openApi(): object {
  const paths = Object.entries(KNOWN_ROUTES).map(([path, methods]) => [
    path,
    Object.fromEntries(methods.map((method) => [method.toLowerCase(), {}])),
  ]);
  return {
    openapi: '3.1.0',
    info: { title: 'FastAPI', version: '0.1.0' },
    paths: Object.fromEntries(paths),
  };
}

const DOCS = `
    <!DOCTYPE html>
    <html>
    <head>
    <meta name="viewport" content="width=device-width, initial-scale=1.0">
    <title>FastAPI - Swagger UI</title>
    </head>
    <body>
    </body>
    </html>
    `;
