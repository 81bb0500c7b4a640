import { describe, expectTypeOf, it } from 'vitest';
import type { ChatRequest, PixtralClient, TokenLogprob } from '../../src/index.ts';

// Checked by the compiler; nothing is sent.
declare const client: PixtralClient;
const never = (): boolean => false;
const messages = [{ role: 'user', content: 'Hi' }] as const;

describe('the types of a request', () => {
  it('refuse fields that the server ignores, with the reason', async () => {
    if (!never()) return;
    // @ts-expect-error: ignored by the server
    await client.chat.create({ messages, guided_json: {} });
    // @ts-expect-error: ignored by the server
    await client.chat.create({ messages, extra_body: { top_k: 1 } });
    // @ts-expect-error: refused by the server
    await client.chat.create({ messages, media_io_kwargs: {} });
    // @ts-expect-error: chosen by the method
    await client.chat.create({ messages, stream: true });
    // @ts-expect-error: unknown
    await client.chat.create({ messages, maxTokens: 5 });
    const elsewhere = { messages, guided_choice: ['a'] };
    // @ts-expect-error: also when the object is made elsewhere
    await client.chat.stream(elsewhere);
    await client.chat.create({ messages }, { unchecked: { warp: 9 } });
    expectTypeOf<ChatRequest['guided_regex']>().not.toEqualTypeOf<string | undefined>();
  });

  it('refuse what the server refuses', async () => {
    if (!never()) return;
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,' } } as const;
    await client.chat.create({ messages: [{ role: 'user', content: [picture] }] });
    // @ts-expect-error: only a user shows pictures
    await client.chat.create({ messages: [{ role: 'system', content: [picture] }] });
    // @ts-expect-error: one way of constraining the answer
    await client.chat.create({ messages, structured_outputs: { choice: ['a'], regex: 'a' } });
    // @ts-expect-error: a tool's answer names its call
    await client.chat.create({ messages: [{ role: 'tool', content: '5' }] });
  });
});

describe('the type of an answer', () => {
  it('has what was asked for, and nothing else', async () => {
    if (!never()) return;
    const plain = await client.chat.create({ messages });
    expectTypeOf(plain.choices[0].logprobs).toEqualTypeOf<undefined>();
    expectTypeOf(plain.promptTokenIds).toEqualTypeOf<undefined>();
    expectTypeOf(plain.choices[0].text).toEqualTypeOf<string>();
    const both = await client.chat.create({ messages, logprobs: true, return_token_ids: true });
    expectTypeOf(both.choices[0].logprobs).toEqualTypeOf<readonly TokenLogprob[]>();
    expectTypeOf(both.promptTokenIds).toEqualTypeOf<readonly number[]>();
    const streamed = await (await client.chat.stream({ messages, logprobs: true })).final();
    expectTypeOf(streamed.choices[0].logprobs).toEqualTypeOf<readonly TokenLogprob[]>();
    expectTypeOf(streamed.promptTokenIds).toEqualTypeOf<undefined>();
    const unknown = await client.chat.create({ messages } as ChatRequest);
    expectTypeOf(unknown.choices[0].logprobs).toEqualTypeOf<readonly TokenLogprob[] | undefined>();
  });
});
