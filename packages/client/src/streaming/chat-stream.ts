import type { ChatCompletion, FinishReason, Usage } from '../chat/chat-types.ts';
import { isRecord } from '../errors/error-body.ts';
import {
  ConnectionError,
  IncompleteStreamError,
  InvalidRequestError,
  type ResponseInfo,
  StreamError,
} from '../errors/errors.ts';
import type { CallDeadlines } from '../transport/call-deadlines.ts';
import { AnswerBuilder } from './answer-builder.ts';
import { decodeFrame } from './decode-frame.ts';
import { readEvents } from './server-sent-events.ts';
import type { ChatStreamEvent } from './stream-events.ts';

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
 * the answer does, `TimeoutError`, `AbortError`, `ConnectionError`. It never just stops.
 */
export class ChatStream<Logprobs extends boolean = boolean, TokenIds extends boolean = boolean>
  implements AsyncIterable<ChatStreamEvent>
{
  readonly response: ResponseInfo;
  readonly #body: AsyncIterable<Uint8Array>;
  readonly #deadlines: CallDeadlines;
  readonly #idleTimeoutMs: number;
  readonly #choices: number;
  readonly #checkUsage: (usage: Usage) => void;
  readonly #answer = new AnswerBuilder();
  #started = false;

  constructor(init: {
    readonly response: ResponseInfo;
    readonly body: AsyncIterable<Uint8Array>;
    readonly deadlines: CallDeadlines;
    readonly idleTimeoutMs: number;
    /** How many choices make the answer. */
    readonly choices: number;
    /** Throws when the server counted otherwise than foreseen. */
    readonly checkUsage: (usage: Usage) => void;
  }) {
    this.response = init.response;
    this.#body = init.body;
    this.#deadlines = init.deadlines;
    this.#idleTimeoutMs = init.idleTimeoutMs;
    this.#choices = init.choices;
    this.#checkUsage = init.checkUsage;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChatStreamEvent, void, undefined> {
    if (this.#started) throw new InvalidRequestError('a stream can be read only once');
    this.#started = true;
    let ended = false;
    try {
      for await (const data of this.#events()) {
        this.#deadlines.expectData('idle', this.#idleTimeoutMs);
        if (data === '[DONE]') {
          ended = this.#answer.finished >= this.#choices;
          break;
        }
        for (const event of this.#decode(data)) {
          this.#answer.add(event);
          yield event;
        }
      }
      if (!ended) throw this.#incomplete('the stream ended before the answer was complete');
    } finally {
      if (ended) this.#deadlines.dispose();
      else this.#deadlines.cancel();
    }
  }

  /** Reads to the end and returns all text. */
  async text(): Promise<string> {
    return (await this.final()).text;
  }

  /** Reads to the end and returns the whole answer. */
  async final(): Promise<FinalAnswer<Logprobs, TokenIds>> {
    for await (const _event of this);
    const { text, choices, usage, promptTokenIds } = this.#answer;
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

  /** The events, with what the socket throws put into the client's own words. */
  async *#events(): AsyncGenerator<string, void, undefined> {
    try {
      yield* readEvents(this.#body);
    } catch (error) {
      this.#deadlines.throwIfEnded();
      const reason = error instanceof Error ? error.message : String(error);
      const cause = new ConnectionError(reason, { retryable: true, cause: error });
      throw new IncompleteStreamError(`the connection broke before the answer was complete: ${reason}`, {
        partialText: this.#answer.text,
        cause,
      });
    }
    this.#deadlines.throwIfEnded();
  }

  #decode(data: string): readonly ChatStreamEvent[] {
    const frame = this.#parse(data);
    if (frame.error !== undefined) throw this.#reported(frame.error);
    const events = decodeFrame(frame);
    for (const event of events) {
      if (event.type === 'finish' && event.reason === 'abort') {
        throw this.#incomplete('the server stopped the answer (finish_reason "abort")');
      }
      if (event.type === 'usage') this.#checkUsage(event.usage);
    }
    return events;
  }

  #parse(data: string): Record<string, unknown> {
    let cause: unknown;
    try {
      const frame: unknown = JSON.parse(data);
      if (isRecord(frame)) return frame;
    } catch (error) {
      cause = error;
    }
    const shown = JSON.stringify(data.slice(0, 200));
    throw new StreamError(`expected a JSON object as event, got ${shown}`, {
      partialText: this.#answer.text,
      cause,
    });
  }

  #reported(error: unknown): StreamError {
    const details = isRecord(error) ? error : { message: String(error) };
    return new StreamError(typeof details.message === 'string' ? details.message : JSON.stringify(error), {
      type: typeof details.type === 'string' ? details.type : undefined,
      code: typeof details.code === 'number' || typeof details.code === 'string' ? details.code : undefined,
      partialText: this.#answer.text,
    });
  }

  #incomplete(message: string): IncompleteStreamError {
    return new IncompleteStreamError(`${message}, after ${this.#answer.text.length} characters`, {
      partialText: this.#answer.text,
    });
  }
}
