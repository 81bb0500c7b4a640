import { DEFAULT_IMAGE_LIMITS, type ImageLimits } from '@pixtral-fleet/catalog';
import type { BodyTemplate } from './bodies/body-template.ts';
import { bodyOf } from './bodies/picture-body.ts';
import { type AskOptions, planQuestion } from './chat/ask.ts';
import { parseChatCompletion } from './chat/chat-completion.ts';
import { type EncodedRequest, encodeChatRequest } from './chat/chat-request.ts';
import type { CallOptions, ChatCompletion, Model } from './chat/chat-types.ts';
import { checkAnswer } from './chat/check-answer.ts';
import { findModel, parseModels } from './chat/models.ts';
import { parseEndpoints } from './endpoints/parse-endpoints.ts';
import { redact } from './errors/redact.ts';
import { NO_IMAGE_LIMITS } from './images/check-pictures.ts';
import type { ImageInput } from './images/image-input.ts';
import { checkImageUsage } from './images/image-usage.ts';
import type { ParsedCompletion, ParseRequest, PixtralClient } from './pixtral-client.ts';
import type { ChatRequest } from './request/chat-request.ts';
import { ChatStream } from './streaming/chat-stream.ts';
import { StreamReader } from './streaming/stream-reader.ts';
import { type OutputFormat, responseFormat } from './structured/output-format.ts';
import { parseAnswer } from './structured/parse-answer.ts';
import type { SchemaOutput, StandardSchema } from './structured/standard-schema.ts';
import type { CallOutcome, RequestFacts } from './telemetry/call-record.ts';
import { CallTrace } from './telemetry/call-trace.ts';
import { completionOutcome } from './telemetry/outcome.ts';
import { chatFacts } from './telemetry/request-facts.ts';
import { Call } from './transport/call.ts';
import { checkApiKey } from './transport/check-api-key.ts';
import type { Answer, BodySink } from './transport/exchange.ts';
import { Transport } from './transport/transport.ts';

export interface ClientOptions {
  /**
   * Where the fleet is, such as `http://localhost:8080`; a trailing `/v1` is accepted. Of several servers each request
   * goes to the one with the least in flight; one that cannot be reached or answers 502, 503 or 504 is passed over for
   * a second, longer each time up to 30 s, and retries go to another.
   */
  readonly baseUrl: string | readonly string[];
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
  /**
   * Attempts after the first, when the connection fails before an answer or the status is 408, 429 or 5xx; never after a
   * timeout. All calls of a client share a budget of 100 retries, to which each success adds a tenth, so that an outage
   * is not multiplied.
   * @default 2
   */
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

/** @throws InvalidRequestError for a base URL that is not http or https, and for a key that no header can hold. */
export function createClient(options: ClientOptions): PixtralClient {
  const { timeoutMs = 300_000, firstTokenTimeoutMs = 120_000, idleTimeoutMs = 30_000 } = options;
  checkApiKey(options.apiKey);
  const transport = new Transport({
    endpoints: parseEndpoints(options.baseUrl, options.socketPath),
    apiKey: options.apiKey,
    retries: options.retries ?? 2,
    random: options.random ?? Math.random,
  });
  const imageLimits =
    options.imageLimits === false ? NO_IMAGE_LIMITS : { ...DEFAULT_IMAGE_LIMITS, ...options.imageLimits };
  const encode = (request: ChatRequest, { unchecked }: CallOptions, stream: boolean): EncodedRequest =>
    encodeChatRequest(request, { model: options.model, stream, imageLimits, unchecked });
  const begin = (call: CallOptions, facts: () => RequestFacts): Call => {
    const trace = CallTrace.begin(facts);
    return new Call({ timeoutMs: call.timeoutMs ?? timeoutMs, signal: call.signal, trace });
  };

  async function list(callOptions: CallOptions = {}): Promise<readonly Model[]> {
    const { model } = options;
    const facts = { operation: 'models', model, streaming: false, images: 0 } as const;
    const call = begin(callOptions, () => facts);
    return traced(call, async () => {
      const { headers, retries } = callOptions;
      const request = { method: 'GET', path: '/v1/models', headers, retries } as const;
      const { text } = await transport.send(request, call);
      return parseModels(text);
    });
  }

  async function create<Logprobs extends boolean = false, TokenIds extends boolean = false>(
    request: ChatRequest<Logprobs, TokenIds>,
    callOptions: CallOptions = {},
  ): Promise<ChatCompletion<Logprobs, TokenIds>> {
    const { template, pictures } = encode(request, callOptions, false);
    const { model } = options;
    const call = begin(callOptions, () => chatFacts(request, { model, streaming: false, pictures }));
    const check = async (): Promise<ChatCompletion> => {
      const { text, head } = await post(template, callOptions, call);
      const completion = parseChatCompletion(text, head);
      checkAnswer(request, completion);
      if (options.checkUsage) checkImageUsage(request, pictures, completion.usage);
      return completion;
    };
    // Checked: what was asked for is there.
    return (await traced(call, check, completionOutcome)) as ChatCompletion<Logprobs, TokenIds>;
  }

  async function stream<Logprobs extends boolean = false, TokenIds extends boolean = false>(
    request: ChatRequest<Logprobs, TokenIds>,
    callOptions: CallOptions = {},
  ): Promise<ChatStream<Logprobs, TokenIds>> {
    const { template, pictures } = encode(request, callOptions, true);
    const { model } = options;
    const call = begin(callOptions, () => chatFacts(request, { model, streaming: true, pictures }));
    const reader = new StreamReader({
      call,
      idleTimeoutMs,
      choices: request.n ?? 1,
      checkUsage: (usage) => {
        if (options.checkUsage) checkImageUsage(request, pictures, usage);
      },
      redact: (text) => redact(text, options.apiKey),
    });
    try {
      call.expectData('first-token', firstTokenTimeoutMs);
      const { head } = await post(template, callOptions, call, reader);
      return new ChatStream(head, reader);
    } catch (error) {
      call.trace?.failed(error);
      call.dispose();
      throw error;
    }
  }

  function post(
    template: BodyTemplate,
    { headers, retries }: CallOptions,
    call: Call,
    sink?: BodySink,
  ): Promise<Answer> {
    const request = {
      method: 'POST',
      path: '/v1/chat/completions',
      body: bodyOf(template),
      headers,
      retries,
    } as const;
    return transport.send(request, call, sink);
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
    model: options.model,
    models: { list, retrieve: async (id, call) => findModel(await list(call), id) },
    chat: { create, stream, parse },
    ask,
    close: () => transport.close(),
  };
}

/** Lets go of the call's timers and listeners whatever happens, and tells its trace how it ended. */
async function traced<Result>(
  call: Call,
  work: () => Promise<Result>,
  outcome: (result: Result) => CallOutcome = () => ({}),
): Promise<Result> {
  try {
    const result = await work();
    call.trace?.succeeded(outcome(result));
    return result;
  } catch (error) {
    call.trace?.failed(error);
    throw error;
  } finally {
    call.dispose();
  }
}
