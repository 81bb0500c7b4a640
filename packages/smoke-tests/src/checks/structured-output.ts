import { imagePart } from '@pixtral-fleet/client';
import type { Check } from '../check.ts';
import { CheckFailure } from '../errors.ts';
import { COLOUR_NAMES } from '../seeing/colours.ts';
import { generateQuestion } from '../seeing/generate-questions.ts';
import { randomInteger } from '../seeing/random.ts';

/**
 * An answer about a picture keeps to a JSON Schema. The schema wants a ticket that the prompt does not name: no model
 * writes it by itself, so a server that ignores the schema is found out. Whether the colour is right is not judged here:
 * the checks before this one did.
 */
export const structuredOutput: Check = {
  name: 'structured output kept to',
  deadlineMs: 90_000,
  advice:
    'the server ignores response_format or cannot compile grammars: look for "structured output" and "xgrammar" in the engine’s log',
  async run({ client, random, signal }) {
    const { question, picture } = generateQuestion('colour', random);
    const ticket = `T${randomInteger(random, 1_000, 9_999)}`;
    const { text, choices } = await client.chat.create(
      {
        messages: [{ role: 'user', content: [await imagePart(picture), { type: 'text', text: question }] }],
        max_tokens: 64,
        temperature: 0,
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'colour_of_a_ticket', schema: schemaOf(ticket) },
        },
      },
      { signal },
    );
    if (!keepsToSchema(parse(text), ticket)) {
      throw new CheckFailure(
        `expected {"ticket":"${ticket}","colour":one of ${COLOUR_NAMES.length}}, answered ${JSON.stringify(text)} (finish reason ${choices[0].finishReason})`,
      );
    }
    return text;
  },
};

function schemaOf(ticket: string): Readonly<Record<string, unknown>> {
  return {
    type: 'object',
    properties: {
      ticket: { type: 'string', enum: [ticket] },
      colour: { type: 'string', enum: [...COLOUR_NAMES] },
    },
    required: ['ticket', 'colour'],
    additionalProperties: false,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keepsToSchema(value: unknown, ticket: string): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  if (!('ticket' in value && 'colour' in value)) return false;
  return value.ticket === ticket && COLOUR_NAMES.some((name) => name === value.colour);
}
