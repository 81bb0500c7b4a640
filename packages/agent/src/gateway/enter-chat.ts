import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestSize } from '../metrics/load.ts';
import { type Admission, readDeadline, readPriority, waitForPlace } from './admission/index.ts';
import { outcomeOf } from './answer-tally.ts';
import type { AnswerMeter } from './event-stream-guard.ts';
import type { GatewayMeter } from './gateway-meter.ts';
import type { InspectedRequest } from './inspect-chat-request.ts';
import { measureWork } from './measure-request.ts';

/** A chat completion, as it was found to be. */
export interface Chat {
  readonly inspected: InspectedRequest;
  readonly size: RequestSize;
}

/** A chat completion that was let in. */
export interface ChatExchange {
  /** Resolves when it is to go to the engine. @throws Refusal when its turn does not come in time */
  readonly started: Promise<void>;
  /** To be told how the answer goes. */
  readonly meter: AnswerMeter;
}

/**
 * Lets a chat completion in; whoever is told how it goes is told until its connection is done.
 * @throws Refusal when it is not let in
 */
export function enterChat(
  request: FastifyRequest,
  reply: FastifyReply,
  options: Chat & {
    readonly admission: Admission;
    readonly meter: GatewayMeter;
    readonly deadlineSeconds: number;
    /** Aborts when the client has gone, or with what it is to be told. */
    readonly signal: AbortSignal;
  },
): ChatExchange {
  const { admission, inspected, size, signal } = options;
  const { record } = request;
  const priority = readPriority(request.headers);
  const place = waitForPlace(
    admission,
    {
      key: request.apiKey?.name ?? 'default',
      priority,
      deadline: readDeadline(request.headers, options.deadlineSeconds),
      stream: inspected.stream,
      work: measureWork(inspected, size),
    },
    signal,
  );
  record.entered(options, priority);
  const meter = options.meter.begin(size);
  const beganAt = performance.now();
  // The engine knows at once too: its request has the same signal.
  signal.addEventListener('abort', () => place.leave(), { once: true });
  reply.raw.once('close', () => {
    place.leave();
    meter.end(reply.raw.writableFinished && reply.statusCode < 400);
  });
  return {
    started: place.started.then(() => {
      record.sent();
      meter.sent(performance.now() - beganAt);
    }),
    meter: {
      streamBegan: () => {
        place.firstToken();
        record.firstToken();
        meter.streamBegan();
      },
      streamFailed: () => {
        place.leave();
        meter.streamFailed();
      },
      answerEnded: (tally) => {
        place.leave(outcomeOf(tally, inspected.choices));
        record.ended(tally);
        meter.answerEnded(tally);
      },
    },
  };
}
