import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readBody } from '../chat/read-body.ts';
import { parameterError } from '../chat/vllm-error.ts';
import { isRecord } from '../json.ts';
import { CONTROL, type Tokenizer } from '../tokenizer/tokenizer.ts';
import { headerOf } from './install-layers.ts';

export interface TokenContext {
  readonly tokenizer: Tokenizer;
  readonly maxModelLen: number;
  /** Does what belongs to the preparation of prompts: behind what others have prepared there (251). */
  readonly prepare: <T>(work: () => Promise<T>) => Promise<T>;
  /** Prompt tokens of a chat body. @throws VllmError */
  readonly encodeChat: (body: unknown) => Promise<readonly number[]>;
}

/** Tokens of texts and chats, without an answer (009 to 012, 515). */
export function addTokenRoutes(app: FastifyInstance, context: TokenContext): void {
  const { tokenizer, maxModelLen, encodeChat, prepare } = context;
  const textOf = (ids: readonly number[]) =>
    Buffer.concat(ids.map((id) => tokenizer.bytesOf(id))).toString('utf8');
  app.post('/tokenize', async (request) => {
    const body = bodyOf(request);
    const tokens =
      isRecord(body) && typeof body.prompt === 'string'
        ? await prepare(async () => [CONTROL.beginOfText, ...tokenizer.encode(String(body.prompt))])
        : await encodeChat(body);
    const wanted = isRecord(body) && body.return_token_strs === true;
    const token_strs = wanted ? tokens.map((id) => textOf([id])) : null;
    return { count: tokens.length, max_model_len: maxModelLen, tokens, token_strs };
  });
  app.post('/detokenize', async (request) => {
    const body = bodyOf(request);
    const tokens = isRecord(body) && Array.isArray(body.tokens) ? body.tokens.map(Number) : [];
    return { prompt: textOf(tokens) };
  });
  app.post('/v1/messages/count_tokens', async (request) => {
    const { length } = await encodeChat(bodyOf(request));
    return { input_tokens: length, context_management: { original_input_tokens: length } };
  });
  app.post('/generative_scoring', async (request) => {
    bodyOf(request);
    throw parameterError('query', 'The simulator scores nothing.');
  });
}

/** @throws VllmError */
export function bodyOf(request: FastifyRequest): unknown {
  const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  return readBody(headerOf(request, 'content-type'), body);
}
