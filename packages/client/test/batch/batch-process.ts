import { createClient, mapImages } from '../../src/index.ts';
import { items } from './pictures.ts';

// A batch in a process of its own, to be killed: arguments are the server's URL, the checkpoint and the number of items.
const [, , baseUrl = '', checkpoint = '', count = '0'] = process.argv;
const client = createClient({ baseUrl, model: 'm' });
for await (const _ of mapImages(items(Number(count)), 'What is it?', { client, checkpoint, concurrency: 4 }));
await client.close();
