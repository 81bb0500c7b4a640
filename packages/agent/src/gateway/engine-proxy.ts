import { errors, Pool } from 'undici';
import { type AnswerMeter, guardEventStream } from './event-stream-guard.ts';
import { untilFirstFrame } from './first-frame.ts';
import { isRecord } from './is-record.ts';
import { Refusal } from './refusal.ts';
import type { TraceHeaders } from './trace-context.ts';

/** What the engine answered, ready to be passed on. */
export interface EngineAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | AsyncIterable<Buffer>;
}

export interface EngineRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The very bytes that were inspected. */
  readonly body: Buffer | null;
  readonly requestId: string;
  /** Passed on as it is. @default - none */
  readonly trace?: TraceHeaders;
  /** Is told how the answer goes. @default - nobody is */
  readonly meter?: AnswerMeter | undefined;
  /** Aborts with a Refusal to be told to the client, or with anything else when the client has gone. */
  readonly signal: AbortSignal;
}

/** How chat completions get on at the model server. */
export interface EngineActivity {
  /** Pieces of answers that have come, of all requests since the start: only an engine at work sends them. */
  readonly pieces: number;
  /** How long the longest wait for the next piece has lasted, in milliseconds; undefined when nobody waits. */
  readonly waitMs: number | undefined;
}

const RETRY_AFTER_SECONDS = 5;

/** As the config has it by default. */
const STREAM_SILENCE_SECONDS = 120;

/** `:` begins what vLLM sends to keep a connection open (`--sse-keep-alive-interval`): it comes from an engine that hangs, too. */
const COMMENT = 0x3a;

/** The way to the model server's Unix socket. Answers take as long as their model needs; a stream that falls silent is ended. */
export class EngineProxy {
  readonly #pool: Pool;
  readonly #silenceSeconds: number;
  /** Since when each chat completion waits for its next piece, the longest wait first. */
  readonly #waits = new Map<EngineRequest, number>();
  #pieces = 0;

  /** @param streamSilenceSeconds a stream of which nothing more comes for so long is given up */
  constructor(socketPath: string, streamSilenceSeconds: number = STREAM_SILENCE_SECONDS) {
    this.#silenceSeconds = streamSilenceSeconds;
    this.#pool = new Pool('http://engine', {
      connect: { socketPath, timeout: 5_000 },
      // Below vLLM's keep-alive of 75 s, so that a reused connection is never a closed one.
      keepAliveTimeout: 30_000,
      headersTimeout: 0,
      bodyTimeout: streamSilenceSeconds * 1_000,
      allowH2: false,
    });
  }

  /** What chat completions get of the model server at this moment. */
  get activity(): EngineActivity {
    const [longest] = this.#waits.values();
    return {
      pieces: this.#pieces,
      waitMs: longest === undefined ? undefined : performance.now() - longest,
    };
  }

  /** @throws Refusal when there is no usable answer. */
  async send(request: EngineRequest): Promise<EngineAnswer> {
    const failed = (error: unknown) => this.#refusal(error, request.signal);
    this.#wait(request);
    try {
      const response = await this.#pool.request({
        method: request.method,
        path: request.path,
        headers: { 'content-type': 'application/json', 'x-request-id': request.requestId, ...request.trace },
        body: request.body,
        signal: request.signal,
      });
      const contentType = String(response.headers['content-type'] ?? 'application/json');
      if (contentType.startsWith('text/event-stream')) {
        const frames = guardEventStream(this.#listen(response.body, request), failed, meterOf(request));
        const body = await untilFirstFrame(frames, RETRY_AFTER_SECONDS);
        return { status: response.statusCode, contentType, body };
      }
      const body = Buffer.from(await response.body.arrayBuffer());
      // What is refused has not been at the engine.
      if (response.statusCode < 400) this.#hear(request);
      return normalize(response.statusCode, body, request.meter);
    } catch (error) {
      throw failed(error);
    } finally {
      this.#waits.delete(request);
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  #wait(request: EngineRequest): void {
    if (request.body !== null) this.#waits.set(request, performance.now());
  }

  #hear(request: EngineRequest): void {
    if (request.body !== null) this.#pieces++;
  }

  /** A client that does not read on is not waiting for the engine. */
  async *#listen(body: AsyncIterable<Uint8Array>, request: EngineRequest): AsyncGenerator<Uint8Array> {
    this.#wait(request);
    try {
      for await (const chunk of body) {
        this.#waits.delete(request);
        if (chunk[0] !== COMMENT) this.#hear(request);
        yield chunk;
        this.#wait(request);
      }
    } finally {
      this.#waits.delete(request);
    }
  }

  #refusal(error: unknown, signal: AbortSignal): Refusal {
    if (error instanceof Refusal) return error;
    if (signal.reason instanceof Refusal) return signal.reason;
    if (error instanceof errors.BodyTimeoutError) {
      return new Refusal(
        504,
        `the model server sent nothing more for ${this.#silenceSeconds} s, and the answer was given up; ask again`,
      );
    }
    return new Refusal(503, 'the model server is not answering; it is being restarted', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

/** A stream that ends because its client has gone has not failed. */
function meterOf({ meter, signal }: EngineRequest): AnswerMeter | undefined {
  const hasLeft = () => signal.aborted && !(signal.reason instanceof Refusal);
  return (
    meter && {
      streamBegan: () => meter.streamBegan(),
      answerEnded: (tally) => meter.answerEnded(tally),
      streamFailed: () => {
        if (!hasLeft()) meter.streamFailed();
      },
    }
  );
}

/** Three shapes of error become one, and an answer that the engine gave up is none. */
function normalize(status: number, body: Buffer, meter: AnswerMeter | undefined): EngineAnswer {
  const parsed = parse(body);
  if (status >= 400) {
    const error = isRecord(parsed) ? parsed.error : undefined;
    if (isRecord(error) && typeof error.message === 'string' && error.message !== '') {
      return { status, contentType: 'application/json', body };
    }
    const detail = isRecord(parsed) ? (parsed.detail ?? parsed.error) : undefined;
    throw new Refusal(
      status,
      typeof detail === 'string' ? detail : `the model server answered with status ${status} and no message`,
    );
  }
  const choices = isRecord(parsed) && Array.isArray(parsed.choices) ? parsed.choices : [];
  const reasons = choices.map((choice: unknown) => (isRecord(choice) ? choice.finish_reason : undefined));
  if (reasons.includes('abort')) {
    throw new Refusal(503, 'the model server was stopped before the answer was complete; ask again', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  const usage = isRecord(parsed) && isRecord(parsed.usage) ? parsed.usage : {};
  const tokens = typeof usage.completion_tokens === 'number' ? usage.completion_tokens : 0;
  const [finishReason] = reasons.filter((reason: unknown) => typeof reason === 'string');
  meter?.answerEnded({ tokens, finishReason });
  return { status, contentType: 'application/json', body };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // Judged by its status alone.
    return undefined;
  }
}
