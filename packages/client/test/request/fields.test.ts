import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../src/index.ts';
import { KNOWN_FIELDS } from '../../src/request/known-fields.ts';
import { REFUSED_FIELDS } from '../../src/request/refused-fields.ts';
import { answerWith, completion } from '../answering-server.ts';
import { serverFields } from '../recordings.ts';

const messages = [{ role: 'user', content: 'Hi' }] as const;

describe('the fields of a request', () => {
  it('are all known to vLLM 0.32.0', () => {
    const server = serverFields();
    expect([...KNOWN_FIELDS].filter((field) => !server.has(field))).toEqual([]);
  });

  it('are sent as they are', async () => {
    const { client, sent } = await answerWith(completion('Hello'));
    const fields = {
      messages,
      top_k: 5,
      min_p: 0.1,
      repetition_penalty: 1.1,
      stop_token_ids: [2],
      bad_words: ['no'],
      allowed_token_ids: [1, 2],
      truncate_prompt_tokens: -1,
      cache_salt: 'salt',
      request_id: 'r-1',
      structured_outputs: { choice: ['a', 'b'] },
    } as const;
    await client.chat.create(fields);
    expect(sent()).toEqual({ model: 'pixtral-12b', ...fields });
  });

  it.each(Object.entries(REFUSED_FIELDS))(
    '"%s" is refused with what to do instead',
    async (field, reason) => {
      const { client, received } = await answerWith(completion('Hello'));
      const request = { messages, [field]: {} } as unknown as ChatRequest;
      await expect(client.chat.create(request)).rejects.toMatchObject({
        name: 'InvalidRequestError',
        message: `"${field}" is ${reason}`,
      });
      await expect(client.chat.stream(request)).rejects.toThrow(`"${field}" is`);
      expect(received).toEqual([]);
    },
  );

  it('that are misspelt or unknown are refused', async () => {
    const { client, received } = await answerWith(completion('Hello'));
    const send = (extra: object) => client.chat.create({ messages, ...extra } as ChatRequest);
    await expect(send({ maxTokens: 5 })).rejects.toThrow(
      '"maxTokens" is no field that vLLM 0.32.0 knows, and would be ignored; did you mean "max_tokens"?',
    );
    await expect(send({ warp: 9 })).rejects.toThrow('for a newer server give it as unchecked: {…}');
    await expect(send({ constructor: 1 })).rejects.toThrow('"constructor" is no field');
    expect(received).toEqual([]);
  });

  it('of a newer server can be sent unchecked', async () => {
    const { client, sent } = await answerWith(completion('Hello'));
    await client.chat.create({ messages }, { unchecked: { warp: 9 } });
    expect(sent()).toEqual({ model: 'pixtral-12b', messages, warp: 9 });
  });

  it('that JSON would turn into null are refused', async () => {
    const { client } = await answerWith(completion('Hello'));
    await expect(client.chat.create({ messages, temperature: Number.NaN })).rejects.toThrow(
      '"temperature" must be a finite number, got NaN',
    );
  });

  it('that are undefined are left out', async () => {
    const { client, sent } = await answerWith(completion('Hello'));
    await client.chat.create({ messages, guided_json: undefined } as unknown as ChatRequest);
    expect(sent()).toEqual({ model: 'pixtral-12b', messages });
  });

  it.each([[[]], [undefined]])('fail without messages: %j', async (none) => {
    const { client } = await answerWith(completion('Hello'));
    await expect(client.chat.create({ messages: none as never })).rejects.toThrow(
      '"messages" must be a list with at least one message',
    );
  });
});
