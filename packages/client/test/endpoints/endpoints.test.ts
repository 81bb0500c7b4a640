import { expect, it, onTestFinished } from 'vitest';
import { createClient, type PixtralClient } from '../../src/index.ts';
import {
  answer,
  balancerError,
  refuse,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/testing/index.ts';
import { ASK, rejection } from '../open-client.ts';

interface Fleet {
  readonly client: PixtralClient;
  readonly servers: readonly ScriptedServer[];
}

it('requests go to the server with the least in flight', async () => {
  const { client, servers } = await openFleet([undefined, undefined, undefined]);
  const calls = Array.from({ length: 6 }, () => client.chat.create(ASK));
  const exchanges = await Promise.all(servers.flatMap((server) => [server.next(), server.next()]));
  await Promise.all(exchanges.map((exchange) => exchange.answer('here')));
  await Promise.all(calls);
  expect(servers.map((server) => server.exchanges.length)).toEqual([2, 2, 2]);
});

it.each([502, 503, 504] as const)('a retry after a %i goes to another server, at once', async (status) => {
  const { client, servers } = await openFleet([balancerError(status), answer('here')]);
  for (let call = 0; call < 8; call++) {
    expect(await client.chat.create(ASK)).toMatchObject({ text: 'here' });
  }
  // In turn it would have met four; it was passed over, and at most tried again after its pause.
  expect(servers[0]!.exchanges.length).toBeLessThan(4);
  expect(servers[1]!.exchanges.length).toBe(8);
});

it('a server that cannot be reached is passed over, and used again when it is back', async () => {
  const { client, servers } = await openFleet([answer('first'), answer('second')]);
  const texts = async (calls: number) => {
    const answers: string[] = [];
    for (let call = 0; call < calls; call++) answers.push((await client.chat.create(ASK)).text);
    return new Set(answers);
  };
  expect(await texts(4)).toEqual(new Set(['first', 'second']));
  await servers[0]!.refuseConnections();
  expect(await texts(6)).toEqual(new Set(['second']));
  await servers[0]!.acceptConnections();
  for (let seen = new Set<string>(); !seen.has('first'); seen = await texts(2)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

it('when all are down the error is that of the last', async () => {
  const { client } = await openFleet([balancerError(503), balancerError(503)]);
  expect(await rejection(client.chat.create(ASK))).toMatchObject({ status: 503 });
});

it('an error of the request itself makes no server suspect', async () => {
  const { client, servers } = await openFleet([refuse(400, 'no'), refuse(400, 'no')]);
  for (let call = 0; call < 4; call++) await rejection(client.chat.create(ASK));
  expect(servers.map((server) => server.exchanges.length)).toEqual([2, 2]);
});

it('what cannot be is refused', () => {
  expect(() => createClient({ baseUrl: [], model: 'm' })).toThrow('at least one server, got none');
  expect(() =>
    createClient({ baseUrl: ['http://a', 'http://b'], model: 'm', socketPath: '/run/x.sock' }),
  ).toThrow('socketPath goes with one baseUrl, got 2');
});

async function openFleet(scripts: readonly (Script | undefined)[]): Promise<Fleet> {
  const servers = await Promise.all(scripts.map((script) => startScriptedServer(script)));
  const client = createClient({ baseUrl: servers.map(({ url }) => url), model: 'm' });
  onTestFinished(async () => {
    await client.close();
    await Promise.all(servers.map((server) => server.close()));
  });
  return { client, servers };
}
