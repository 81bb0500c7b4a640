import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FaultProxy } from '../../src/chaos/proxy/fault-proxy.ts';

interface Ends {
  readonly proxy: FaultProxy;
  readonly client: Socket;
  /** The same connection behind the proxy. */
  readonly server: Socket;
}

/** A connection through a proxy, over which a byte has gone each way. */
async function connected(): Promise<Ends> {
  const listener = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const accepted = once(listener, 'connection');
  const proxy = await FaultProxy.start({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port });
  const client = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
  client.write('a');
  const [server] = (await accepted) as [Socket];
  server.write('b');
  await Promise.all([once(client, 'data'), once(server, 'data')]);
  onTestFinished(async () => {
    client.destroy();
    server.destroy();
    listener.close();
    await proxy.close();
  });
  for (const socket of [client, server]) socket.on('error', () => undefined).resume();
  return { proxy, client, server };
}

const resetOf = async (socket: Socket) =>
  ((await once(socket, 'error')) as [Error & { code: string }])[0].code;

describe('a proxy that breaks connections', () => {
  it('passes bytes in order, slowed down or not', async () => {
    const { proxy, client, server } = await connected();
    let got = '';
    server.setEncoding('latin1').on('data', (text: string) => {
      got += text;
    });
    client.write('0');
    proxy.setLatency({ least: 1, most: 30 });
    for (let index = 1; index < 60; index++) client.write(`,${index}`);
    proxy.setLatency(undefined);
    client.end(',60');
    await once(server, 'end');
    expect(got).toBe(Array.from({ length: 61 }, (_, index) => index).join(','));
  });

  it('resets both sides', async () => {
    const { proxy, client, server } = await connected();
    const resets = Promise.all([resetOf(client), resetOf(server)]);
    proxy.resetAll();
    expect(await resets).toEqual(['ECONNRESET', 'ECONNRESET']);
  });

  it('ends both sides by FIN', async () => {
    const { proxy, client, server } = await connected();
    const ends = Promise.all([once(client, 'end'), once(server, 'end')]);
    proxy.finishAll();
    await ends;
  });

  it('half-opens: the far side sees the end, the near one nothing until the proxy is healed', async () => {
    const { proxy, client, server } = await connected();
    let isClientTold = false;
    client.once('close', () => {
      isClientTold = true;
    });
    const ended = once(server, 'end');
    proxy.halfOpenAll();
    await ended;
    client.write('is anybody there?');
    expect(isClientTold).toBe(false);
    const reset = resetOf(client);
    proxy.heal();
    expect(await reset).toBe('ECONNRESET');
  });

  it('swallows what goes over open connections, and lets new ones through when healed', async () => {
    const { proxy, client, server } = await connected();
    const swallowed: string[] = [];
    client.on('data', (data) => swallowed.push(String(data)));
    proxy.acceptance = 'black-hole';
    proxy.blackHoleAll();
    server.write('lost');
    const reset = resetOf(client);
    proxy.heal();
    expect(await reset).toBe('ECONNRESET');
    expect(swallowed).toEqual([]);
    const next = connect({ host: '127.0.0.1', port: proxy.port });
    next.on('error', () => undefined).write('a');
    onTestFinished(() => void next.destroy());
    await once(next, 'connect');
  });

  it('refuses new connections', async () => {
    const { proxy } = await connected();
    proxy.acceptance = 'refuse';
    const refused = connect({ host: '127.0.0.1', port: proxy.port });
    expect(await resetOf(refused)).toBe('ECONNRESET');
  });

  it('tells the near side when nobody listens behind it', async () => {
    const proxy = await FaultProxy.start({ host: '127.0.0.1', port: 1 });
    onTestFinished(() => proxy.close());
    expect(await resetOf(connect({ host: '127.0.0.1', port: proxy.port }))).toBe('ECONNRESET');
  });
});
