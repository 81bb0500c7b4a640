import type { ChatCompletion, Usage } from '../chat/chat-types.ts';
import { PixtralError } from '../errors/errors.ts';
import type { SchemaIssue } from './standard-schema.ts';

/** The answer reached the limit of tokens before it was complete. */
export class AnswerCutError extends PixtralError {
  override readonly name = 'AnswerCutError' as const;
  /** What came. */
  readonly text: string;
  readonly usage: Usage;

  constructor({ text, usage }: Pick<ChatCompletion, 'text' | 'usage'>, maxTokens: number | undefined) {
    const limit = maxTokens === undefined ? 'at the end of the context' : `at max_tokens (${maxTokens})`;
    super(
      `the answer was cut ${limit} before its JSON was complete, after ${text.length} characters: ${maxTokens === undefined ? 'send fewer or smaller pictures' : 'raise max_tokens'}, or bound texts and lists in the schema`,
    );
    this.text = text;
    this.usage = usage;
  }
}

/** The answer is complete, and is no JSON or does not fit the schema. */
export class StructuredOutputError extends PixtralError {
  override readonly name = 'StructuredOutputError' as const;
  /** The answer as the model wrote it. */
  readonly text: string;
  /** What the schema found; empty when the answer is no JSON. */
  readonly issues: readonly SchemaIssue[];
  readonly completion: ChatCompletion;

  constructor(
    message: string,
    init: {
      readonly completion: ChatCompletion;
      readonly issues: readonly SchemaIssue[];
      readonly cause?: unknown;
    },
  ) {
    super(message, 'cause' in init ? { cause: init.cause } : {});
    this.completion = init.completion;
    this.text = init.completion.text;
    this.issues = init.issues;
  }
}
