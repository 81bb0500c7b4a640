// Compiled beside the installed package, with the checks of library declarations on.
import {
  type ChatCompletion,
  type ChatRequest,
  createClient,
  type PixtralClient,
} from '@pixtral-fleet/client';
import { answer, startScriptedServer } from '@pixtral-fleet/client/testing';

const request: ChatRequest = { messages: [{ role: 'user', content: 'Hi' }], min_p: 0.1 };
const server = await startScriptedServer([answer('Hello')]);
const client: PixtralClient = createClient({ baseUrl: server.url, model: 'm' });
const completion: ChatCompletion = await client.chat.create(request);
export const text: string = completion.text;
