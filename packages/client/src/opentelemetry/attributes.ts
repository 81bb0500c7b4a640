import type { Attributes } from '@opentelemetry/api';
import { ApiError } from '../errors/errors.ts';
import type { CallRecord, RequestFacts } from '../telemetry/call-record.ts';

/** Who serves the model: not in the conventions' list, which permits other names. */
const PROVIDER = 'vllm';

/** What is known before the first attempt. Attributes without a value are left out by the SDK. */
export function requestAttributes(request: RequestFacts): Attributes {
  if (request.operation === 'models') return { 'gen_ai.provider.name': PROVIDER };
  return defined({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': PROVIDER,
    'gen_ai.request.model': request.model,
    'gen_ai.request.stream': request.streaming,
    'gen_ai.request.max_tokens': request.maxTokens,
    'gen_ai.request.temperature': request.temperature,
    'gen_ai.request.top_p': request.topP,
    'gen_ai.request.top_k': request.topK,
    'gen_ai.request.seed': request.seed,
    'gen_ai.request.choice.count': request.choices,
    'pixtral.request.images': request.images,
  });
}

/** What is known at the end. Times are in seconds there, as the conventions want them. */
export function endAttributes(record: CallRecord): Attributes {
  const { outcome, response, firstTokenMs, attempts, server, error } = record;
  return defined({
    ...addressOf(server),
    'http.response.status_code': statusOf(record),
    'gen_ai.response.id': outcome?.responseId,
    'gen_ai.response.model': outcome?.responseModel,
    'gen_ai.response.finish_reasons': outcome?.finishReasons && [...outcome.finishReasons],
    'gen_ai.response.time_to_first_chunk': firstTokenMs === undefined ? undefined : firstTokenMs / 1_000,
    'gen_ai.usage.input_tokens': outcome?.usage?.prompt_tokens,
    'gen_ai.usage.output_tokens': outcome?.usage?.completion_tokens,
    'error.type': errorType(error),
    'pixtral.attempts': attempts,
    'pixtral.instance.id': response?.instanceId,
    'pixtral.request.id': response?.requestId ?? (error instanceof ApiError ? error.requestId : undefined),
  });
}

function statusOf({ response, error }: CallRecord): number | undefined {
  return error instanceof ApiError ? error.status : response?.status;
}

/** An HTTP error is told by its status, anything else by the name of its class. */
function errorType(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  if (error instanceof ApiError) return String(error.status);
  return error instanceof Error ? error.name : 'error';
}

function addressOf(server: string | undefined): Attributes {
  if (server === undefined) return {};
  const url = URL.parse(server);
  if (url === null || url.hostname === '') return { 'server.address': server.replace(/^unix:/, '') };
  const standard = url.protocol === 'https:' ? 443 : 80;
  return { 'server.address': url.hostname, 'server.port': url.port === '' ? standard : Number(url.port) };
}

function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
