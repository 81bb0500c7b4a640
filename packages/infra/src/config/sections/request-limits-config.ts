import { z } from 'zod';

/** Bounds of a chat completion's own fields. */
export interface RequestLimitsConfig {
  /**
   * Answers to one request (`n`), 1 to 64. Each takes a place in the batch: more let one client crowd out the others.
   * @default 4
   */
  readonly maxChoices?: number;
  /**
   * Messages in one request.
   * @default 256
   */
  readonly maxMessages?: number;
  /**
   * KiB of text in one request, all messages together. A token is about 4 bytes of English: less than 4 × `maxModelLen`
   * refuses prompts that would fit; much more lets a text that never fits take the tokenizer's time.
   * @default 256
   */
  readonly maxTextKiB?: number;
  /**
   * KiB of a JSON Schema (`response_format`, `structured_outputs`), or of a grammar. The model server compiles it before
   * the first token: large ones delay everybody.
   * @default 32
   */
  readonly maxSchemaKiB?: number;
  /**
   * Lets `structured_outputs.grammar` through. Nobody bounds what compiling a grammar takes: for trusted clients only.
   * @default false
   */
  readonly grammars?: boolean;
}

export const requestLimitsSchema = z
  .strictObject({
    maxChoices: z.number().int().min(1).max(64).default(4),
    maxMessages: z.number().int().min(1).max(1_024).default(256),
    maxTextKiB: z.number().int().min(1).max(16_384).default(256),
    maxSchemaKiB: z.number().int().min(1).max(1_024).default(32),
    grammars: z.boolean().default(false),
  })
  .readonly();
