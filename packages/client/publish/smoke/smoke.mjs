// Run beside the installed package, by every version of Node that it promises: all entries, one question, one stream.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createClient } from '@pixtral-fleet/client';
import { createPixtral } from '@pixtral-fleet/client/ai-sdk';
import { answer, startScriptedServer } from '@pixtral-fleet/client/testing';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

const server = await startScriptedServer([answer('one pixel'), answer('one pixel'), answer('one pixel')]);
const client = createClient({ baseUrl: server.url, model: 'pixtral-12b' });

assert.equal(await client.ask(PNG, 'What is this?'), 'one pixel');
const stream = await client.chat.stream({ messages: [{ role: 'user', content: 'Again?' }] });
assert.equal(await stream.text(), 'one pixel');
const model = createPixtral(client)('pixtral-12b');
const { content } = await model.doGenerate({
  prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
});
assert.deepEqual(content, [{ type: 'text', text: 'one pixel' }]);
assert.equal(createRequire(import.meta.url)('@pixtral-fleet/client').createClient, createClient);

const sent = await server.exchanges[0].json();
assert.equal(sent.messages[0].content[0].image_url.url, `data:image/png;base64,${PNG.toString('base64')}`);

await client.close();
await server.close();
console.log(`ok on ${process.version}`);
