import { type Agent, request } from 'node:http';
import { type ConnectionEnd, StreamReading } from './stream-reading.ts';

export interface AskOptions {
  readonly url: URL;
  readonly apiKey: string;
  readonly model: string;
  readonly prompt: string;
  readonly agent: Agent;
  /** Milliseconds without a byte after which the client gives up. */
  readonly idleMs: number;
  /** Told as soon as it is known which instance answers. */
  readonly onInstance: (id: string) => void;
}

export interface Attempt {
  readonly status: number | undefined;
  readonly reading: StreamReading;
  readonly end: ConnectionEnd;
  /** Of an answer that says when to ask again. */
  readonly retryAfterMs: number | undefined;
}

/** More than any answer of the run. */
const MAX_TOKENS = 400;

/**
 * Asks for one streamed answer by Node's own HTTP client, without any retry, and reads it to its end, whatever that is.
 * Never rejects: how it ended is the result.
 */
export function askStream(options: AskOptions): Promise<Attempt> {
  const { url, apiKey, model, prompt, agent, idleMs } = options;
  const body = JSON.stringify({
    model,
    messages: [{ role: 'user', content: prompt }],
    max_tokens: MAX_TOKENS,
    temperature: 0,
    stream: true,
  });
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const reading = new StreamReading();
  let status: number | undefined;
  let retryAfterMs: number | undefined;
  const asked = request(new URL('/v1/chat/completions', url), {
    method: 'POST',
    agent,
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  });
  const finish = (end: ConnectionEnd) => {
    clearTimeout(idle);
    resolve({ status, reading, end, retryAfterMs });
  };
  const idle = setTimeout(() => {
    finish({ kind: 'silence', ms: idleMs });
    asked.destroy();
  }, idleMs);
  asked.on('error', (error) => finish({ kind: 'error', message: describe(error) }));
  asked.once('response', (answer) => {
    idle.refresh();
    status = answer.statusCode;
    retryAfterMs = Number(answer.headers['retry-after']) * 1_000 || undefined;
    const instance = answer.headers['x-pixtral-instance'];
    if (typeof instance === 'string') options.onInstance(instance);
    answer.on('data', (chunk: Buffer) => {
      idle.refresh();
      reading.push(chunk);
    });
    answer.once('error', (error) => finish({ kind: 'error', message: describe(error) }));
    answer.once('end', () =>
      finish(answer.complete ? { kind: 'complete' } : { kind: 'error', message: 'the answer broke off' }),
    );
  });
  asked.end(body);
  return promise;
}

function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${code}${error.message}`;
}
