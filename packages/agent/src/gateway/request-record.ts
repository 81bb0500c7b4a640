import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerTally } from './answer-tally.ts';
import type { Chat } from './enter-chat.ts';
import { readTraceContext } from './trace-context.ts';

/** What the log says of a request when it is over; of its prompt, pictures and answer it says nothing but their sizes. */
export class RequestRecord {
  readonly #startedAt = performance.now();
  #chat: Chat | undefined;
  #priority: string | undefined;
  #sentAt: number | undefined;
  #firstTokenAt: number | undefined;
  #tally: AnswerTally | undefined;
  #reason: string | undefined;

  /** It was let in. */
  entered(chat: Chat, priority: string): void {
    this.#chat = chat;
    this.#priority = priority;
  }

  /** It goes to the engine. */
  sent(): void {
    this.#sentAt = performance.now();
  }

  firstToken(): void {
    this.#firstTokenAt = performance.now();
  }

  ended(tally: AnswerTally): void {
    this.#tally = tally;
  }

  refused(reason: string | undefined): void {
    this.#reason = reason;
  }

  /** Fields of the log line; those that are not known are left out. All times in ms since the headers came. */
  fields(): Readonly<Record<string, unknown>> {
    const now = performance.now();
    return {
      totalMs: Math.round(now - this.#startedAt),
      ...(this.#chat && {
        stream: this.#chat.inspected.stream,
        images: this.#chat.inspected.images.length,
        imageTokens: this.#chat.size.imageTokens,
        priority: this.#priority,
      }),
      ...this.#at('sentMs', this.#sentAt),
      ...this.#at('firstTokenMs', this.#firstTokenAt),
      ...(this.#tally && { answerTokens: this.#tally.tokens, finishReason: this.#tally.finishReason }),
      ...(this.#reason === undefined ? {} : { refused: this.#reason }),
    };
  }

  #at(name: string, time: number | undefined): Readonly<Record<string, number>> {
    return time === undefined ? {} : { [name]: Math.round(time - this.#startedAt) };
  }
}

/** The one line of a request in the log. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const { traceId } = readTraceContext(request.headers);
  request.log.info(
    {
      method: request.method,
      // Without the query, and of paths that are none no more than helps.
      path: request.routeOptions.url ?? request.url.split('?')[0]?.slice(0, 200),
      ...(reply.raw.headersSent ? { status: reply.raw.statusCode } : {}),
      ...(reply.raw.writableFinished ? {} : { clientLeft: true }),
      ...request.record.fields(),
      ...(traceId === undefined ? {} : { traceId }),
    },
    'request ended',
  );
}
