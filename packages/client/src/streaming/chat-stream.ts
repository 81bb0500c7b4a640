import type { ChatCompletion, FinishReason, Usage } from '../chat/chat-types.ts';
import type { ResponseInfo } from '../errors/errors.ts';
import type { ChatStreamEvent } from './stream-events.ts';
import type { StreamReader } from './stream-reader.ts';

/** A whole streamed answer, as `chat.create` would give it. */
export interface FinalAnswer<Logprobs extends boolean = boolean, TokenIds extends boolean = boolean>
  extends Pick<ChatCompletion<Logprobs, TokenIds>, 'text' | 'choices' | 'promptTokenIds' | 'response'> {
  /** Of the first choice. */
  readonly finishReason: FinishReason;
  /** Undefined from a server that does not count. */
  readonly usage: Usage | undefined;
}

/**
 * A streamed answer, to be read once. Leaving the loop early closes the connection, and the model stops.
 *
 * Iterating throws `StreamError` when the server reports an error, `IncompleteStreamError` when the stream ends before
 * the answer does, `TimeoutError`, `AbortError`. It never just stops.
 */
export class ChatStream<Logprobs extends boolean = boolean, TokenIds extends boolean = boolean>
  implements AsyncIterable<ChatStreamEvent>
{
  readonly response: ResponseInfo;
  readonly #reader: StreamReader;

  constructor(response: ResponseInfo, reader: StreamReader) {
    this.response = response;
    this.#reader = reader;
  }

  /** @throws InvalidRequestError the second time. */
  [Symbol.asyncIterator](): AsyncIterableIterator<ChatStreamEvent, undefined> {
    this.#reader.start();
    return this.#reader;
  }

  /** Reads to the end and returns all text. */
  async text(): Promise<string> {
    return (await this.final()).text;
  }

  /** Reads to the end and returns the whole answer. */
  async final(): Promise<FinalAnswer<Logprobs, TokenIds>> {
    for await (const _event of this);
    const { text, choices, usage, promptTokenIds } = this.#reader.answer;
    const { finishReason } = choices[0];
    const answer: FinalAnswer = {
      text,
      choices,
      finishReason,
      usage,
      promptTokenIds,
      response: this.response,
    };
    return answer as FinalAnswer<Logprobs, TokenIds>;
  }
}
