import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { StandardSchema } from '../../src/index.ts';
import { answerWith, completion } from '../answering-server.ts';
import { recordedImage } from '../recordings.ts';

const messages = [{ role: 'user', content: 'Which animals?' }] as const;
const animal = z.object({ name: z.string().min(2), legs: z.coerce.number().default(4) });
const cat = '{"name":"cat","legs":"4"}';

describe('an answer of a schema', () => {
  it('of zod is a typed value, and the server gets the JSON Schema of what the model is to write', async () => {
    const { client, sent } = await answerWith(completion('{"name":"cat"}'));
    const { value, text, usage } = await client.chat.parse(
      { messages, max_tokens: 50 },
      { schema: animal, name: 'animal' },
    );
    expectTypeOf(value).toEqualTypeOf<{ name: string; legs: number }>();
    expect(value).toEqual({ name: 'cat', legs: 4 });
    expect(text).toBe('{"name":"cat"}');
    expect(usage.total_tokens).toBe(9);
    expect(sent()).toMatchObject({
      max_tokens: 50,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'animal',
          schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        },
      },
    });
  });

  it('of arktype is a typed value', async () => {
    const { client, sent } = await answerWith(completion('{"name":"cat"}'));
    const { value } = await client.chat.parse(
      { messages },
      { schema: type({ name: 'string', 'legs?': 'number' }) },
    );
    expectTypeOf(value).toEqualTypeOf<{ name: string; legs?: number }>();
    expect(value).toEqual({ name: 'cat' });
    expect(sent().response_format).toMatchObject({
      json_schema: { name: 'answer', schema: { type: 'object', required: ['name'] } },
    });
  });

  it('of valibot is a typed value, with the JSON Schema given beside it', async () => {
    const { client, sent } = await answerWith(completion(cat));
    const schema = v.object({ name: v.string(), legs: v.pipe(v.string(), v.transform(Number)) });
    const jsonSchema = { type: 'object', required: ['name', 'legs'] };
    const { value } = await client.chat.parse({ messages }, { schema, jsonSchema });
    expectTypeOf(value).toEqualTypeOf<{ name: string; legs: number }>();
    expect(value).toEqual({ name: 'cat', legs: 4 });
    expect(sent().response_format).toMatchObject({ json_schema: { schema: jsonSchema } });
    // @ts-expect-error: valibot does not give it by itself
    await expect(client.chat.parse({ messages }, { schema })).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message: 'a schema of valibot does not give its JSON Schema; give it as jsonSchema beside the schema',
    });
  });

  it('may be checked later than at once', async () => {
    const { client } = await answerWith(completion(cat));
    const schema = z.object({ name: z.string().refine(async (name) => name === 'cat') });
    expect((await client.chat.parse({ messages }, { schema })).value).toEqual({ name: 'cat' });
  });

  it('without a JSON Schema is refused before it is sent', async () => {
    const { client, received } = await answerWith(completion(cat));
    await expect(client.chat.parse({ messages }, { schema: z.object({ born: z.date() }) })).rejects.toThrow(
      /^this schema of zod has no JSON Schema: .*; give one as jsonSchema beside the schema$/,
    );
    expect(received).toEqual([]);
  });

  it('that does not fit carries the text and what is wrong', async () => {
    const text = '{"animals":[{"name":"c","legs":"many"},{"legs":1},{"name":7}]}';
    const { client } = await answerWith(completion(text));
    const schema = z.object({ animals: z.array(animal) });
    const thrown: unknown = await client.chat
      .parse({ messages }, { schema })
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'StructuredOutputError', text, retryable: false });
    expect((thrown as { issues: unknown[] }).issues).toHaveLength(4);
    expect((thrown as Error).message).toMatch(
      /^the answer does not fit the schema: "animals\.0\.name": .+; "animals\.0\.legs": .+; "animals\.1\.name": .+; and 1 more$/,
    );
  });

  it('that is no JSON carries the text', async () => {
    const { client } = await answerWith(completion('Here is the JSON: {'));
    await expect(client.chat.parse({ messages }, { schema: animal })).rejects.toMatchObject({
      name: 'StructuredOutputError',
      text: 'Here is the JSON: {',
      issues: [],
      message: 'the answer is no JSON: "Here is the JSON: {"; the server may not support response_format',
      cause: expect.any(SyntaxError),
    });
  });

  it.each([
    [
      { max_tokens: 24 },
      'at max_tokens (24) before its JSON was complete, after 7 characters: raise max_tokens',
    ],
    [{ max_completion_tokens: 9, max_tokens: 24 }, 'at max_tokens (9)'],
    [
      {},
      'at the end of the context before its JSON was complete, after 7 characters: send fewer or smaller pictures',
    ],
  ])('that was cut is an error of its own: %j', async (fields, message) => {
    const { client } = await answerWith(completion('{"name"', { finish_reason: 'length' }));
    const thrown: unknown = await client.chat
      .parse({ messages, ...fields }, { schema: animal })
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      name: 'AnswerCutError',
      text: '{"name"',
      usage: { completion_tokens: 3 },
    });
    expect((thrown as Error).message).toContain(`the answer was cut ${message}`);
  });

  it('cannot be asked for together with another constraint, or several', async () => {
    const { client } = await answerWith(completion(cat));
    // @ts-expect-error: the schema is the constraint
    await client.chat.parse({ messages, structured_outputs: { choice: ['a'] } }, { schema: animal });
    // @ts-expect-error: one value
    await client.chat.parse({ messages, n: 2 }, { schema: animal });
  });

  it('of a schema of one’s own works too', async () => {
    const { client } = await answerWith(completion('5'));
    const schema: StandardSchema<number> = {
      '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value: Number(value) + 1 }) },
    };
    const { value } = await client.chat.parse({ messages }, { schema, jsonSchema: { type: 'number' } });
    expectTypeOf(value).toEqualTypeOf<number>();
    expect(value).toBe(6);
  });
});

describe('a question about a picture', () => {
  it('with a schema is answered with its value', async () => {
    const { client, sent } = await answerWith(completion('{"name":"cat"}'));
    const answer = await client.ask(recordedImage('16x16.png'), 'Which animal?', {
      schema: animal,
      max_tokens: 40,
    });
    expectTypeOf(answer).toEqualTypeOf<{ name: string; legs: number }>();
    expect(answer).toEqual({ name: 'cat', legs: 4 });
    expect(sent()).toMatchObject({
      max_tokens: 40,
      temperature: 0,
      response_format: { type: 'json_schema' },
    });
  });

  it('fails as chat.parse does', async () => {
    const { client } = await answerWith(completion('{', { finish_reason: 'length' }));
    await expect(client.ask(recordedImage('16x16.png'), 'Which?', { schema: animal })).rejects.toThrow(
      'the answer was cut at max_tokens (512)',
    );
  });
});
