import { type Answer, type AskOptions, ask } from './ask.ts';
import type { Canary } from './canary.ts';
import { type RawAnswer, type RawOptions, sendRaw } from './send-raw.ts';

export type { Answer } from './ask.ts';

export const MODEL = 'pixtral-12b';
export const CHAT_PATH = '/v1/chat/completions';

/** Who is attacked: a bare engine, or the gateway in front of one. */
export interface TargetOptions {
  readonly kind: 'bare' | 'gateway';
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly canary: Canary;
  /** Of a place that pictures may come from, where any may. */
  readonly allowedOrigin: string;
  /** Resident bytes of all processes that serve. */
  readonly memory: () => Promise<number>;
  /** Bodies that the engine behind a gateway has seen; a bare engine sees whatever is sent. */
  readonly passedOn: () => readonly string[];
  /** Stops the model server as a service manager does: SIGTERM, and the agent tells its clients in the end. */
  readonly stopEngine: () => Promise<void>;
}

export class Target {
  readonly kind: 'bare' | 'gateway';
  readonly canary: Canary;
  readonly key: string;
  readonly allowedOrigin: string;
  readonly memory: () => Promise<number>;
  readonly passedOn: () => readonly string[];
  readonly stopEngine: () => Promise<void>;
  readonly #address: { readonly host: string; readonly port: number };

  constructor(options: TargetOptions) {
    this.kind = options.kind;
    this.canary = options.canary;
    this.key = options.key;
    this.allowedOrigin = options.allowedOrigin;
    this.memory = options.memory;
    this.passedOn = options.passedOn;
    this.stopEngine = options.stopEngine;
    this.#address = { host: options.host, port: options.port };
  }

  /** With the right key, unless headers say otherwise. */
  ask(path: string, options: AskOptions = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.key}`, ...options.headers };
    return ask(this.#address, path, { ...options, headers });
  }

  /** A chat completion with these fields, of at most two tokens where they do not say otherwise. */
  chat(fields: Readonly<Record<string, unknown>>, options: Omit<AskOptions, 'body'> = {}): Promise<Answer> {
    return this.ask(CHAT_PATH, { ...options, body: JSON.stringify(chatBody(fields)) });
  }

  /** Bytes as they are, on a connection of their own. */
  raw(bytes: string | Buffer | AsyncIterable<string | Buffer>, options: RawOptions = {}): Promise<RawAnswer> {
    return sendRaw(this.#address, bytes, options);
  }

  /** What somebody else asks meanwhile, or afterwards. */
  honest(timeoutMs: number, maxTokens: number = 2): Promise<Answer> {
    return this.chat({ max_tokens: maxTokens, ignore_eos: true }, { timeoutMs });
  }
}

export function chatBody(fields: Readonly<Record<string, unknown>>): object {
  return {
    ...{ model: MODEL, max_tokens: 2, messages: [{ role: 'user', content: 'Say hello.' }] },
    ...fields,
  };
}

/** Head of a chat completion, up to the headers that follow. */
export function chatHead(target: Target, ...headers: readonly string[]): string {
  return [
    `POST ${CHAT_PATH} HTTP/1.1`,
    'host: fleet',
    `authorization: Bearer ${target.key}`,
    'content-type: application/json',
    ...headers,
    '',
    '',
  ].join('\r\n');
}

/** Fields of a question about a picture. */
export function aboutPicture(url: string): Readonly<Record<string, unknown>> {
  return withParts([{ type: 'image_url', image_url: { url } }]);
}

/** Fields of a question after these parts. */
export function withParts(parts: readonly object[]): Readonly<Record<string, unknown>> {
  const content = [...parts, { type: 'text', text: 'Which colour is it? One word.' }];
  return { messages: [{ role: 'user', content }] };
}
