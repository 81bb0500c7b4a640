import { DEFAULT_IMAGE_LIMITS, type ImageLimits } from '@pixtral-fleet/catalog';
import { encodeBody } from './bodies/encode-body.ts';
import { type AskOptions, planQuestion } from './chat/ask.ts';
import { parseChatCompletion } from './chat/chat-completion.ts';
import { type EncodedRequest, encodeChatRequest } from './chat/chat-request.ts';
import type { CallOptions, ChatCompletion, Model } from './chat/chat-types.ts';
import { checkAnswer } from './chat/check-answer.ts';
import { findModel, parseModels } from './chat/models.ts';
import { IncompleteStreamError, InvalidRequestError } from './errors/errors.ts';
import { NO_IMAGE_LIMITS } from './images/check-pictures.ts';
import type { ImageInput } from './images/image-input.ts';
import { checkImageUsage } from './images/image-usage.ts';
import type { ParsedCompletion, ParseRequest, PixtralClient } from './pixtral-client.ts';
import type { ChatRequest } from './request/chat-request.ts';
import { ChatStream } from './streaming/chat-stream.ts';
import { type OutputFormat, responseFormat } from './structured/output-format.ts';
import { parseAnswer } from './structured/parse-answer.ts';
import type { SchemaOutput, StandardSchema } from './structured/standard-schema.ts';
import { CallDeadlines } from './transport/call-deadlines.ts';
import { Transport, type TransportResponse } from './transport/transport.ts';

export interface ClientOptions {
  /** Where the fleet is, such as `http://localhost:8080`; a trailing `/v1` is accepted. */
  readonly baseUrl: string;
  /** @default - none is sent */
  readonly apiKey?: string | undefined;
  /** Served model name. */
  readonly model: string;
  /** Unix socket to connect to instead of the host in `baseUrl`. @default - TCP */
  readonly socketPath?: string;
  /** Milliseconds for a whole call, all attempts together. @default 300000 */
  readonly timeoutMs?: number;
  /** Milliseconds until the first event of a stream. @default 120000 */
  readonly firstTokenTimeoutMs?: number;
  /** Milliseconds between two events of a stream; comments do not count. @default 30000 */
  readonly idleTimeoutMs?: number;
  /** Attempts after the first, for failures before the first byte of an answer. @default 2 */
  readonly retries?: number;
  /**
   * What the pictures of a request may be, refused before anything is sent. `false`: no limits, for a plain vLLM.
   * @default - what a fleet takes by default: 4 pictures, each of 10485760 bytes and 16777216 pixels
   */
  readonly imageLimits?: Partial<ImageLimits> | false;
  /** Throws `UsageMismatchError` when the server counts other tokens for pictures than foreseen. @default false */
  readonly checkUsage?: boolean;
  /** Source of jitter. @default Math.random */
  readonly random?: () => number;
}

/** @throws InvalidRequestError for a base URL that is not http or https. */
export function createClient(options: ClientOptions): PixtralClient {
  const { timeoutMs = 300_000, firstTokenTimeoutMs = 120_000, idleTimeoutMs = 30_000 } = options;
  const transport = new Transport({
    baseUrl: parseBaseUrl(options.baseUrl),
    socketPath: options.socketPath,
    apiKey: options.apiKey,
    retries: options.retries ?? 2,
    random: options.random ?? Math.random,
  });
  const imageLimits =
    options.imageLimits === false ? NO_IMAGE_LIMITS : { ...DEFAULT_IMAGE_LIMITS, ...options.imageLimits };
  const encode = (request: ChatRequest, { unchecked }: CallOptions, stream: boolean): EncodedRequest =>
    encodeChatRequest(request, { model: options.model, stream, imageLimits, unchecked });
  const begin = (call: CallOptions) =>
    new CallDeadlines({ timeoutMs: call.timeoutMs ?? timeoutMs, signal: call.signal });

  async function list(call: CallOptions = {}): Promise<readonly Model[]> {
    const { text } = await whole(begin(call), (deadlines) =>
      transport.send({ method: 'GET', path: '/v1/models', headers: call.headers ?? {} }, deadlines),
    );
    return parseModels(text);
  }

  async function create<Logprobs extends boolean = false, TokenIds extends boolean = false>(
    request: ChatRequest<Logprobs, TokenIds>,
    call: CallOptions = {},
  ): Promise<ChatCompletion<Logprobs, TokenIds>> {
    const { template, pictures } = encode(request, call, false);
    const body = await encodeBody(template);
    const { text, info } = await whole(begin(call), (deadlines) => post(body, call, deadlines));
    const completion = parseChatCompletion(text, info);
    checkAnswer(request, completion);
    if (options.checkUsage) checkImageUsage(request, pictures, completion.usage);
    // Checked: what was asked for is there.
    return completion as ChatCompletion<Logprobs, TokenIds>;
  }

  async function stream<Logprobs extends boolean = false, TokenIds extends boolean = false>(
    request: ChatRequest<Logprobs, TokenIds>,
    call: CallOptions = {},
  ): Promise<ChatStream<Logprobs, TokenIds>> {
    const { template, pictures } = encode(request, call, true);
    const body = await encodeBody(template);
    const deadlines = begin(call);
    try {
      deadlines.expectData('first-token', firstTokenTimeoutMs);
      const response = await post(body, call, deadlines);
      return new ChatStream({
        response: response.info,
        body: response.body,
        deadlines,
        idleTimeoutMs,
        choices: request.n ?? 1,
        checkUsage: (usage) => {
          if (options.checkUsage) checkImageUsage(request, pictures, usage);
        },
      });
    } catch (error) {
      deadlines.dispose();
      throw error;
    }
  }

  function post(
    body: string | Buffer,
    call: CallOptions,
    deadlines: CallDeadlines,
  ): Promise<TransportResponse> {
    return transport.send(
      { method: 'POST', path: '/v1/chat/completions', body, headers: call.headers ?? {} },
      deadlines,
    );
  }

  async function parse<Schema extends StandardSchema>(
    request: ParseRequest,
    format: OutputFormat<Schema>,
    call?: CallOptions,
  ): Promise<ParsedCompletion<SchemaOutput<Schema>>> {
    const completion = await create({ ...request, response_format: responseFormat(format) }, call);
    const schema: StandardSchema<SchemaOutput<Schema>> = format.schema;
    return { ...completion, value: await parseAnswer(request, completion, schema) };
  }

  function ask<Schema extends StandardSchema>(
    image: ImageInput | readonly ImageInput[],
    question: string,
    options: AskOptions & OutputFormat<Schema>,
  ): Promise<SchemaOutput<Schema>>;
  function ask(
    image: ImageInput | readonly ImageInput[],
    question: string,
    options?: AskOptions,
  ): Promise<string>;
  async function ask(
    image: ImageInput | readonly ImageInput[],
    question: string,
    { schema, jsonSchema, name, ...rest }: AskOptions & Partial<OutputFormat<StandardSchema>> = {},
  ): Promise<unknown> {
    const { request, call } = await planQuestion(image, question, rest);
    if (!schema) return (await create(request, call)).text;
    const format = { schema, ...(jsonSchema ? { jsonSchema } : {}), ...(name === undefined ? {} : { name }) };
    return (await parse(request, format as OutputFormat<StandardSchema>, call)).value;
  }

  return {
    models: { list, retrieve: async (id, call) => findModel(await list(call), id) },
    chat: { create, stream, parse },
    ask,
    close: () => transport.close(),
  };
}

/** Sends, reads the whole body, and lets go of timers and listeners whatever happens. */
async function whole(
  deadlines: CallDeadlines,
  send: (deadlines: CallDeadlines) => Promise<TransportResponse>,
): Promise<{ readonly text: string; readonly info: TransportResponse['info'] }> {
  try {
    const { body, info } = await send(deadlines);
    try {
      return { text: await body.text(), info };
    } catch (error) {
      deadlines.throwIfEnded();
      throw new IncompleteStreamError('the connection broke before the answer was complete', {
        partialText: '',
        cause: error,
      });
    }
  } finally {
    deadlines.dispose();
  }
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidRequestError(
      `baseUrl must be an http or https URL such as http://localhost:8080, got ${JSON.stringify(text)}`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
  return url;
}
