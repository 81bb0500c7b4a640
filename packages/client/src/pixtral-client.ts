import type { AskOptions } from './chat/ask.ts';
import type { CallOptions, ChatCompletion, Model } from './chat/chat-types.ts';
import type { ImageInput } from './images/image-input.ts';
import type { ChatRequest } from './request/chat-request.ts';
import type { ChatStream } from './streaming/chat-stream.ts';
import type { OutputFormat } from './structured/output-format.ts';
import type { SchemaOutput, StandardSchema } from './structured/standard-schema.ts';

/** A request whose answer is one value. */
export type ParseRequest = Omit<ChatRequest<false, false>, 'n' | 'response_format' | 'structured_outputs'>;

/** A whole answer and the value in it. */
export interface ParsedCompletion<Value> extends ChatCompletion<false, false> {
  readonly value: Value;
}

/** A client of one fleet or one vLLM server. Close it when done: it holds connections. */
export interface PixtralClient {
  /** Served model name that requests ask for by default. */
  readonly model: string;
  readonly models: {
    list(options?: CallOptions): Promise<readonly Model[]>;
    /** @throws InvalidRequestError when it is not served, naming those that are. */
    retrieve(id: string, options?: CallOptions): Promise<Model>;
  };
  readonly chat: {
    /** The whole answer at once. */
    create<Logprobs extends boolean = false, TokenIds extends boolean = false>(
      request: ChatRequest<Logprobs, TokenIds>,
      options?: CallOptions,
    ): Promise<ChatCompletion<Logprobs, TokenIds>>;
    /** Resolves when the server has accepted the request; the answer comes by iterating. */
    stream<Logprobs extends boolean = false, TokenIds extends boolean = false>(
      request: ChatRequest<Logprobs, TokenIds>,
      options?: CallOptions,
    ): Promise<ChatStream<Logprobs, TokenIds>>;
    /**
     * The whole answer as a value of a schema, which the server holds the model to.
     * @throws AnswerCutError when the answer did not fit into `max_tokens`; StructuredOutputError, with the answer's text,
     *   when it does not fit the schema.
     */
    parse<Schema extends StandardSchema>(
      request: ParseRequest,
      format: OutputFormat<Schema>,
      options?: CallOptions,
    ): Promise<ParsedCompletion<SchemaOutput<Schema>>>;
  };
  /**
   * One picture, or several in order, and one question: returns the answer's text, cut at `max_tokens`, or a value with a
   * `schema`, as `chat.parse`.
   */
  ask<Schema extends StandardSchema>(
    image: ImageInput | readonly ImageInput[],
    question: string,
    options: AskOptions & OutputFormat<Schema>,
  ): Promise<SchemaOutput<Schema>>;
  ask(image: ImageInput | readonly ImageInput[], question: string, options?: AskOptions): Promise<string>;
  close(): Promise<void>;
}
