import { onTestFinished } from 'vitest';
import { type ClientOptions, createClient, type PixtralClient } from '../src/index.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../src/testing/index.ts';

export const KEY = 'sk-never-to-be-seen-0123456789';
export const ASK = { messages: [{ role: 'user', content: 'Hi' }] } as const;

/** A scripted server and a client of it; both end with the test. */
export async function openClient(
  script?: Script,
  options: Partial<ClientOptions> = {},
): Promise<{ readonly server: ScriptedServer; readonly client: PixtralClient }> {
  const server = await startScriptedServer(script);
  const client = createClient({ baseUrl: server.url, model: 'm', apiKey: KEY, random: () => 0, ...options });
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  return { server, client };
}

/** The error that a promise is rejected with; fails when it is not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: Error) => error,
  );
}
