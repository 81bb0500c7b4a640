/** A part of a message: text, or a picture by URL. */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly url: string };

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly ChatPart[];
}

/** What an answer must be made of. */
export type Structure =
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'json'; readonly schema: unknown }
  | { readonly kind: 'regex'; readonly regex: string };

/** How the answer is made and shown. */
export interface AnswerOptions {
  /** Answers to the one request. */
  readonly choices: number;
  /** @default undefined - as many as fit into the context */
  readonly maxTokens: number | undefined;
  readonly minTokens: number;
  readonly ignoreEndOfText: boolean;
  /** A `logit_bias` that leaves the model nothing but the end of the text. */
  readonly endsAtOnce: boolean;
  readonly stop: readonly string[];
  readonly structure: Structure | undefined;
  /** Ids that the answer may be made of. */
  readonly allowedTokens: readonly number[] | undefined;
  /** How many likelier tokens come with each; undefined for no log probabilities at all. */
  readonly topLogprobs: number | undefined;
  readonly promptLogprobs: number | undefined;
  readonly returnTokenIds: boolean;
  readonly stream: boolean;
  /** Usage in a last chunk of the stream. */
  readonly includeUsage: boolean;
  /** Usage in every chunk. */
  readonly continuousUsage: boolean;
  /** Tokens in a chunk, but for the first. */
  readonly streamInterval: number;
}

/** A chat request as far as it decides the answer. */
export interface ParsedChat extends AnswerOptions {
  readonly messages: readonly ChatMessage[];
  /** As sent; they become a part of the prompt. */
  readonly tools: readonly unknown[];
}

/** All text of the messages, as the simulated model reads it. */
export function textOf(messages: readonly ChatMessage[]): string {
  return messages
    .flatMap(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : '')))
    .filter((text) => text !== '')
    .join('\n');
}
