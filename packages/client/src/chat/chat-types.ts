import type { ResponseInfo } from '../errors/errors.ts';
import type { Picture } from '../images/picture.ts';

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** A picture as OpenAI's API writes it: a URL, or a whole picture as data URI. `imagePart` makes a `Picture` instead. */
export interface ImagePart {
  readonly type: 'image_url';
  readonly image_url: { readonly url: string };
}

export type ContentPart = TextPart | ImagePart | Picture;

/** The server refuses pictures in system and assistant messages. */
export type ChatMessage =
  | { readonly role: 'user'; readonly content: string | readonly ContentPart[] }
  | { readonly role: 'system' | 'assistant'; readonly content: string };

/** Exactly one way of constraining the answer (vLLM's `structured_outputs`, which replaced `guided_*` in 0.12). */
export type StructuredOutputs =
  | { readonly json: object }
  | { readonly regex: string }
  | { readonly choice: readonly string[] }
  | { readonly grammar: string };

/** OpenAI's fields and vLLM's own. Fields that the server would ignore in silence are absent on purpose. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** @default - the model that the client was made for */
  readonly model?: string;
  /** Most tokens of the answer. @default - what is left of the context */
  readonly max_tokens?: number;
  /** 0 to 2; 0 is greedy. @default - the checkpoint's own */
  readonly temperature?: number;
  readonly top_p?: number;
  /** At most four. */
  readonly stop?: string | readonly string[];
  readonly seed?: number;
  readonly n?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly response_format?:
    | { readonly type: 'text' | 'json_object' }
    | { readonly type: 'json_schema'; readonly json_schema: object };
  readonly structured_outputs?: StructuredOutputs;
  readonly top_k?: number;
  readonly min_p?: number;
  readonly repetition_penalty?: number;
  readonly min_tokens?: number;
  readonly ignore_eos?: boolean;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export interface ChatCompletion {
  readonly id: string;
  readonly model: string;
  /** Text of the first choice. */
  readonly text: string;
  readonly choices: readonly {
    readonly index: number;
    readonly text: string;
    readonly finishReason: string;
  }[];
  readonly usage: Usage;
  readonly response: ResponseInfo;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call, all attempts together. @default - the client's */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Model {
  readonly id: string;
  /** Context length in tokens. */
  readonly maxModelLen: number | undefined;
}
