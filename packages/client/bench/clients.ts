import { readFile } from 'node:fs/promises';

/** What a client does in the bench. Each returns what it made of the answer, so that nothing is left out. */
export interface BenchClient {
  text(): Promise<string>;
  image(path: string): Promise<string>;
  /** Chunks of text that came. */
  stream(): Promise<number>;
}

const QUESTION = 'Say hello.';
const MESSAGES = [{ role: 'user' as const, content: QUESTION }];
const HEADERS = { 'content-type': 'application/json', authorization: 'Bearer k' };
const TEXT = { model: 'm', messages: MESSAGES, max_tokens: 8 };

const imageBody = async (path: string) => ({
  model: 'm',
  max_tokens: 8,
  messages: [
    {
      role: 'user' as const,
      content: [
        { type: 'image_url' as const, image_url: { url: await dataUri(path) } },
        { type: 'text' as const, text: QUESTION },
      ],
    },
  ],
});
const dataUri = async (path: string) => `data:image/png;base64,${(await readFile(path)).toString('base64')}`;

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}
interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
}

/** By name; each is imported only in the process that measures it. @param base URL before `/v1` */
export const CLIENTS: Readonly<Record<string, (base: string) => Promise<BenchClient>>> = {
  async 'this client'(base) {
    // As it is published: without types, and with the catalog inside.
    const dist = new URL('../dist/index.js', import.meta.url).href;
    const { createClient, imagePart }: typeof import('../src/index.ts') = await import(dist);
    const client = createClient({ baseUrl: base, apiKey: 'k', model: 'm' });
    return {
      text: async () => (await client.chat.create({ messages: MESSAGES, max_tokens: 8 })).text,
      async image(path) {
        const content = [await imagePart(path), { type: 'text' as const, text: QUESTION }];
        return (await client.chat.create({ messages: [{ role: 'user', content }], max_tokens: 8 })).text;
      },
      async stream() {
        let chunks = 0;
        for await (const event of await client.chat.stream({ messages: MESSAGES })) {
          if (event.type === 'text-delta') chunks++;
        }
        return chunks;
      },
    };
  },

  async 'raw undici dispatch'(base) {
    const [{ Pool }, { createParser }] = await Promise.all([import('undici'), import('eventsource-parser')]);
    const { origin, pathname } = new URL(base);
    const pool = new Pool(origin);
    const post = (body: object, onData: (chunk: Buffer) => void) =>
      new Promise<void>((resolve, reject) => {
        pool.dispatch(
          {
            method: 'POST',
            path: `${pathname}/v1/chat/completions`,
            headers: HEADERS,
            body: JSON.stringify(body),
          },
          {
            onRequestStart: () => undefined,
            onResponseStart: () => undefined,
            onResponseData: (_controller, chunk) => onData(chunk),
            onResponseEnd: () => resolve(),
            onResponseError: (_controller, error) => reject(error),
          },
        );
      });
    const whole = async (body: object) => {
      const chunks: Buffer[] = [];
      await post(body, (chunk) => chunks.push(chunk));
      const answer = JSON.parse(Buffer.concat(chunks).toString()) as Completion;
      return answer.choices[0]?.message.content ?? '';
    };
    return {
      text: () => whole(TEXT),
      image: async (path) => whole(await imageBody(path)),
      async stream() {
        let chunks = 0;
        const decoder = new TextDecoder();
        const parser = createParser({
          onEvent({ data }) {
            if (data !== '[DONE]' && (JSON.parse(data) as Chunk).choices[0]?.delta.content) chunks++;
          },
        });
        await post({ ...TEXT, stream: true }, (chunk) =>
          parser.feed(decoder.decode(chunk, { stream: true })),
        );
        return chunks;
      },
    };
  },

  async 'global fetch'(base) {
    const { EventSourceParserStream } = await import('eventsource-parser/stream');
    const post = (body: object) =>
      fetch(`${base}/v1/chat/completions`, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) });
    const whole = async (body: object) =>
      ((await (await post(body)).json()) as Completion).choices[0]?.message.content ?? '';
    return {
      text: () => whole(TEXT),
      image: async (path) => whole(await imageBody(path)),
      async stream() {
        let chunks = 0;
        const { body } = await post({ ...TEXT, stream: true });
        const events = body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
        for await (const { data } of events ?? []) {
          if (data !== '[DONE]' && (JSON.parse(data) as Chunk).choices[0]?.delta.content) chunks++;
        }
        return chunks;
      },
    };
  },

  async openai(base) {
    const { default: OpenAI } = await import('openai');
    const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'k', maxRetries: 0 });
    return {
      text: async () => (await client.chat.completions.create(TEXT)).choices[0]?.message.content ?? '',
      image: async (path) =>
        (await client.chat.completions.create(await imageBody(path))).choices[0]?.message.content ?? '',
      async stream() {
        let chunks = 0;
        for await (const chunk of await client.chat.completions.create({ ...TEXT, stream: true })) {
          if (chunk.choices[0]?.delta.content) chunks++;
        }
        return chunks;
      },
    };
  },

  async '@mistralai/mistralai'(base) {
    const { Mistral } = await import('@mistralai/mistralai');
    const client = new Mistral({ serverURL: base, apiKey: 'k' });
    const request = { model: 'm', messages: MESSAGES, maxTokens: 8 };
    const textOf = (content: unknown) => (typeof content === 'string' ? content : '');
    return {
      text: async () => textOf((await client.chat.complete(request)).choices?.[0]?.message?.content),
      async image(path) {
        const content = [
          { type: 'image_url' as const, imageUrl: await dataUri(path) },
          { type: 'text' as const, text: QUESTION },
        ];
        const answer = await client.chat.complete({ ...request, messages: [{ role: 'user', content }] });
        return textOf(answer.choices?.[0]?.message?.content);
      },
      async stream() {
        let chunks = 0;
        for await (const { data } of await client.chat.stream(request)) {
          if (data.choices[0]?.delta.content) chunks++;
        }
        return chunks;
      },
    };
  },

  async 'ai with @ai-sdk/openai-compatible'(base) {
    const [{ generateText, streamText }, { createOpenAICompatible }] = await Promise.all([
      import('ai'),
      import('@ai-sdk/openai-compatible'),
    ]);
    const model = createOpenAICompatible({ name: 'stub', baseURL: `${base}/v1`, apiKey: 'k' })('m');
    const options = { model, maxRetries: 0, maxOutputTokens: 8 };
    return {
      text: async () => (await generateText({ ...options, prompt: QUESTION })).text,
      async image(path) {
        const content = [
          { type: 'file' as const, data: await readFile(path), mediaType: 'image/png' },
          { type: 'text' as const, text: QUESTION },
        ];
        return (await generateText({ ...options, messages: [{ role: 'user', content }] })).text;
      },
      async stream() {
        let chunks = 0;
        for await (const text of streamText({ ...options, prompt: QUESTION }).textStream) if (text) chunks++;
        return chunks;
      },
    };
  },
};
