import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { answerChat, type Verdict } from './answer-chat.ts';
import type { Fault } from './fault.ts';

export const API_KEY = 'key-of-the-scripted-fleet';
export const MODEL = 'pixtral-12b';
export const INSTANCES: readonly string[] = ['i-0001', 'i-0002'];

export interface ScriptedFleet extends AsyncDisposable {
  readonly url: string;
  /** `METHOD /path` of every request, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** A real server on a free port that plays a right fleet of two instances, but for the given faults. */
export async function startScriptedFleet(...given: readonly Fault[]): Promise<ScriptedFleet> {
  const faults = new Set(given);
  const requests: string[] = [];
  let [served, asked, accepted] = [0, 0, 0];
  const app = fastify({ bodyLimit: 50_000_000, forceCloseConnections: true });

  app.addHook('onRequest', async (request, reply) => {
    requests.push(`${request.method} ${request.url}`);
    const count = faults.has('second-instance-silent') ? 1 : INSTANCES.length;
    if (!faults.has('no-instance-header')) reply.header('x-pixtral-instance', INSTANCES[served++ % count]);
    if (faults.has('nobody-behind')) return reply.code(503).type('text/html').send('<h1>503</h1>');
    if (!hasKey(request, faults)) return refuse(reply, 401, unauthorized(request, faults), 'Unauthorized');
  });
  app.get('/v1/models', (_, reply) => {
    if (faults.has('models-not-json')) return reply.type('text/html').send('<html>a captive portal</html>');
    const id = faults.has('other-model') ? 'another-model' : MODEL;
    return reply.send({ object: 'list', data: [{ id, object: 'model', max_model_len: 16_384 }] });
  });
  app.post<{ Body: ChatBody }>('/v1/chat/completions', async ({ body }, reply) => {
    const isText = !JSON.stringify(body).includes('image_url');
    // Of those without pictures: which picture would be refused depends on who comes first.
    if (faults.has('one-in-eight-503') && isText && ++accepted % 8 === 0) {
      return refuse(reply.header('retry-after', '90'), 503, 'The engine is restarting.');
    }
    if (!isText) asked++;
    const verdict = keepToSchema(body, await answerChat(body.messages, { faults, asked }), faults);
    if ('status' in verdict) return refuseAs(reply, verdict, faults);
    return body.stream
      ? reply.type('text/event-stream').send(streamOf(verdict, faults))
      : reply.send({ ...completion(verdict), object: 'chat.completion', model: MODEL });
  });
  if (faults.has('metrics-open')) app.get('/metrics', () => 'vllm:num_requests_running 0');
  if (faults.has('invocations-open')) app.post('/invocations', () => ({ choices: [] }));
  app.setNotFoundHandler((request, reply) =>
    refuse(reply, 404, `no such path: ${request.url}`, 'NotFoundError'),
  );

  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, requests, close: () => app.close(), [Symbol.asyncDispose]: () => app.close() };
}

interface ChatBody {
  readonly messages: Parameters<typeof answerChat>[0];
  readonly stream?: boolean;
  readonly response_format?: {
    readonly json_schema: {
      readonly schema: {
        readonly properties: Readonly<Record<string, { readonly enum: readonly string[] }>>;
      };
    };
  };
}

/** The first choice of every property. */
function keepToSchema(
  { response_format: format }: ChatBody,
  verdict: Verdict,
  faults: ReadonlySet<Fault>,
): Verdict {
  if (!format || 'status' in verdict || faults.has('schema-ignored')) return verdict;
  const { properties } = format.json_schema.schema;
  const value = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, schema.enum[0]]),
  );
  if (faults.has('schema-in-words')) value.colour = 'pinkish';
  return { ...verdict, text: JSON.stringify(value) };
}

function hasKey({ headers }: FastifyRequest, faults: ReadonlySet<Fault>): boolean {
  const given = headers.authorization ?? '';
  const isPrefix = given.startsWith('Bearer ') && `Bearer ${API_KEY}`.startsWith(given);
  return (
    faults.has('no-key-needed') || (faults.has('key-by-prefix') && isPrefix) || given === `Bearer ${API_KEY}`
  );
}

function unauthorized({ headers }: FastifyRequest, faults: ReadonlySet<Fault>): string {
  return faults.has('echoes-key') ? `the key in "${headers.authorization}" is wrong` : 'Unauthorized';
}

async function refuseAs(
  reply: FastifyReply,
  { status, message, delayMs = 0 }: Extract<Verdict, { readonly status: number }>,
  faults: ReadonlySet<Fault>,
): Promise<FastifyReply> {
  await sleep(delayMs);
  return faults.has('broken-flat-error')
    ? reply.code(status).send({ detail: message })
    : refuse(reply, status, message);
}

function refuse(reply: FastifyReply, code: number, message: string, type = 'BadRequestError'): FastifyReply {
  return reply.code(code).send({ error: { message, type, param: null, code } });
}

type Answer = Extract<Verdict, { readonly text: string }>;

function completion({ text, promptTokens }: Answer): object {
  return {
    id: 'chatcmpl-1',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: usageOf(promptTokens),
  };
}

function usageOf(promptTokens: number): object {
  return { prompt_tokens: promptTokens, completion_tokens: 3, total_tokens: promptTokens + 3 };
}

function streamOf({ text, promptTokens }: Answer, faults: ReadonlySet<Fault>): string {
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    id: 'chatcmpl-1',
    choices: [{ index: 0, delta, finish_reason }],
  });
  const words = faults.has('stream-empty') ? [] : text.split(/(?= )/).map((content) => chunk({ content }));
  const finish = chunk({ content: '' }, faults.has('stream-aborted') ? 'abort' : 'stop');
  const usage = faults.has('stream-without-usage')
    ? []
    : [{ id: 'chatcmpl-1', choices: [], usage: usageOf(promptTokens) }];
  const error = {
    error: { message: 'EngineCore died', type: 'InternalServerError', param: null, code: 500 },
  };
  const begin = [chunk({ role: 'assistant', content: '' }), ...words];
  if (faults.has('stream-cut')) return frames(begin);
  if (faults.has('stream-error')) return `${frames([...begin, error])}data: [DONE]\n\n`;
  return `${frames([...begin, finish, ...usage])}data: [DONE]\n\n`;
}

function frames(events: readonly object[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}
