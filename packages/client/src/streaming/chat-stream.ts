import { parseUsage } from '../chat/chat-completion.ts';
import type { Usage } from '../chat/chat-types.ts';
import { isRecord } from '../errors/error-body.ts';
import {
  ConnectionError,
  IncompleteStreamError,
  InvalidRequestError,
  type ResponseInfo,
  StreamError,
} from '../errors/errors.ts';
import type { CallDeadlines } from '../transport/call-deadlines.ts';
import { readEvents } from './server-sent-events.ts';

export type ChatStreamEvent =
  | { readonly type: 'text-delta'; readonly text: string; readonly index: number }
  | { readonly type: 'finish'; readonly reason: string; readonly index: number }
  | { readonly type: 'usage'; readonly usage: Usage };

/** A whole streamed answer. */
export interface FinalAnswer {
  readonly text: string;
  readonly finishReason: string;
  readonly usage: Usage | undefined;
  readonly response: ResponseInfo;
}

/**
 * A streamed answer, to be read once. Leaving the loop early closes the connection, and the model stops.
 *
 * Iterating throws `StreamError` when the server reports an error, `IncompleteStreamError` when the stream ends before
 * the answer does, `TimeoutError`, `AbortError`, `ConnectionError`. It never just stops.
 */
export class ChatStream implements AsyncIterable<ChatStreamEvent> {
  readonly response: ResponseInfo;
  readonly #body: AsyncIterable<Uint8Array>;
  readonly #deadlines: CallDeadlines;
  readonly #idleTimeoutMs: number;
  #text = '';
  #started = false;

  constructor(init: {
    readonly response: ResponseInfo;
    readonly body: AsyncIterable<Uint8Array>;
    readonly deadlines: CallDeadlines;
    readonly idleTimeoutMs: number;
  }) {
    this.response = init.response;
    this.#body = init.body;
    this.#deadlines = init.deadlines;
    this.#idleTimeoutMs = init.idleTimeoutMs;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChatStreamEvent, void, undefined> {
    if (this.#started) throw new InvalidRequestError('a stream can be read only once');
    this.#started = true;
    let ended = false;
    try {
      let finished = false;
      for await (const data of this.#events()) {
        this.#deadlines.expectData('idle', this.#idleTimeoutMs);
        if (data === '[DONE]') {
          ended = finished;
          break;
        }
        for (const event of this.#decode(data)) {
          if (event.type === 'finish') finished = true;
          if (event.type === 'text-delta') this.#text += event.text;
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
  async final(): Promise<FinalAnswer> {
    let finishReason = '';
    let usage: Usage | undefined;
    for await (const event of this) {
      if (event.type === 'finish') finishReason = event.reason;
      if (event.type === 'usage') usage = event.usage;
    }
    return { text: this.#text, finishReason, usage, response: this.response };
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
        partialText: this.#text,
        cause,
      });
    }
    this.#deadlines.throwIfEnded();
  }

  #decode(data: string): ChatStreamEvent[] {
    const frame = this.#parse(data);
    if (frame.error !== undefined) throw this.#reported(frame.error);
    const events: ChatStreamEvent[] = [];
    for (const choice of Array.isArray(frame.choices) ? frame.choices : []) {
      if (!isRecord(choice)) continue;
      const index = typeof choice.index === 'number' ? choice.index : 0;
      const content = isRecord(choice.delta) ? choice.delta.content : undefined;
      if (typeof content === 'string' && content !== '')
        events.push({ type: 'text-delta', text: content, index });
      if (choice.finish_reason === 'abort')
        throw this.#incomplete('the server stopped the answer (finish_reason "abort")');
      if (typeof choice.finish_reason === 'string')
        events.push({ type: 'finish', reason: choice.finish_reason, index });
    }
    const usage = parseUsage(frame.usage);
    if (usage) events.push({ type: 'usage', usage });
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
      partialText: this.#text,
      cause,
    });
  }

  #reported(error: unknown): StreamError {
    const details = isRecord(error) ? error : { message: String(error) };
    return new StreamError(typeof details.message === 'string' ? details.message : JSON.stringify(error), {
      type: typeof details.type === 'string' ? details.type : undefined,
      code: typeof details.code === 'number' || typeof details.code === 'string' ? details.code : undefined,
      partialText: this.#text,
    });
  }

  #incomplete(message: string): IncompleteStreamError {
    return new IncompleteStreamError(`${message}, after ${this.#text.length} characters`, {
      partialText: this.#text,
    });
  }
}
