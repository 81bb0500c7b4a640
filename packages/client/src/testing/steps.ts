import { setTimeout as sleep } from 'node:timers/promises';
import { type AnswerOptions, balancerPage, errorBody, type ScriptedChoice } from './bodies.ts';
import type { Exchange } from './exchange.ts';
import type { Step } from './scripted-server.ts';

/** The answer whole or in events, as the request asks for it. */
export function answer(text: string | readonly ScriptedChoice[], options: AnswerOptions = {}): Step {
  return async (exchange) => {
    const request = await exchange.json();
    if (!asksForStream(request)) return exchange.answer(text, options);
    const choices = typeof text === 'string' ? [{ text }] : text;
    for (const [index, choice] of choices.entries()) {
      for (const chunk of choice.text.split(/(?<= )/)) await exchange.sendChunk(chunk, { ...options, index });
    }
    return exchange.finish(options);
  };
}

/** A streamed answer in exactly these chunks. @param options.paceMs Milliseconds before each. @default 0 */
export function stream(
  chunks: readonly string[],
  options: AnswerOptions & { readonly paceMs?: number } = {},
): Step {
  return async (exchange) => {
    await exchange.body();
    exchange.beginStream(options.headers);
    for (const chunk of chunks) {
      if (options.paceMs) await sleep(options.paceMs);
      await exchange.sendChunk(chunk, options);
    }
    await exchange.finish(options);
  };
}

/** `GET /v1/models`. */
export function models(ids: readonly string[], options: { readonly maxModelLen?: number } = {}): Step {
  const data = ids.map((id) => ({
    id,
    object: 'model',
    owned_by: 'vllm',
    max_model_len: options.maxModelLen ?? 16_384,
  }));
  return (exchange) => exchange.sendJson(200, { object: 'list', data });
}

/** No byte of an answer, ever. */
export function stall(): Step {
  return (exchange) => exchange.body();
}

/** Some text, and then nothing: no byte, no end. vLLM does this to streams that are open when it is told to stop. */
export function stallAfter(chunks: readonly string[]): Step {
  return (exchange) => sendChunks(exchange, chunks);
}

/** The connection breaks before any answer, or after some text. */
export function cutAfter(chunks: readonly string[] = []): Step {
  return async (exchange) => {
    await exchange.body();
    if (chunks.length > 0) await sendChunks(exchange, chunks);
    exchange.cut();
  };
}

/** Some text, and an orderly end of the response without finish reason and `[DONE]`: looks whole, and is not. */
export function endAfter(chunks: readonly string[]): Step {
  return async (exchange) => {
    await sendChunks(exchange, chunks);
    await exchange.end();
  };
}

/** Some text, then an error frame and `[DONE]`, with status 200: vLLM's way of failing in the middle. */
export function errorAfter(chunks: readonly string[], message: string, status = 500): Step {
  return async (exchange) => {
    await sendChunks(exchange, chunks);
    await exchange.sendStreamError(message, status);
    await exchange.sendData('[DONE]');
    await exchange.end();
  };
}

/** An error of vLLM or of the fleet's gateway. @param options.retryAfter Value of the header, seconds or a date. */
export function refuse(
  status: number,
  message: string,
  options: { readonly type?: string; readonly param?: string; readonly retryAfter?: string } = {},
): Step {
  const headers: Record<string, string> =
    options.retryAfter === undefined ? {} : { 'retry-after': options.retryAfter };
  return (exchange) => exchange.sendJson(status, errorBody(status, message, options), headers);
}

/** vLLM's 401, whose `error` is a string and no object. */
export function unauthorized(): Step {
  return (exchange) => exchange.sendJson(401, { error: 'Unauthorized' });
}

/** What a load balancer of AWS says when no target does: a page of HTML. */
export function balancerError(status: 502 | 503 | 504): Step {
  return (exchange) =>
    exchange.send(status, balancerPage(status), { server: 'awselb/2.0', 'content-type': 'text/html' });
}

/** 413 as soon as the headers have come; the body is not read. */
export function tooLarge(message = 'the body is too large'): Step {
  return (exchange) =>
    exchange.sendEarly(413, JSON.stringify(errorBody(413, message)), { 'content-type': 'application/json' });
}

async function sendChunks(exchange: Exchange, chunks: readonly string[]): Promise<void> {
  await exchange.body();
  exchange.beginStream();
  for (const chunk of chunks) await exchange.sendChunk(chunk);
}

function asksForStream(request: unknown): boolean {
  return typeof request === 'object' && request !== null && 'stream' in request && request.stream === true;
}
