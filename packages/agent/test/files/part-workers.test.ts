import { once } from 'node:events';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createSecureServer } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/files/transfer/orders.ts';
import { PartWorkers } from '../../src/files/transfer/part-workers.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const BODY = Buffer.from('0123456789');
const SHA256 = '84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882';
const LENGTH = 'content-length: 10\r\n';
const RANGE = 'content-range: bytes 5-14/100\r\n';
const GOOD = `HTTP/1.1 206 Partial Content\r\n${LENGTH}${RANGE}\r\n`;

const workers = new PartWorkers(1);
afterAll(() => workers[Symbol.asyncDispose]());
let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
let file: FileHandle;
let server: Server;
let answer: (socket: Socket) => unknown;
const requests: string[] = [];

beforeEach(async () => {
  temporary = await temporaryFolder();
  file = await open(join(temporary.path, 'file'), 'w+');
  await file.write('-----..........-----');
  requests.length = 0;
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (head) => {
      requests.push(head.toString('latin1'));
      answer(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.close();
  await file.close();
  await temporary[Symbol.asyncDispose]();
});

function receive(options: { readonly protocol?: string; readonly port?: number } = {}): Promise<Outcome> {
  const { protocol = 'http:', port = (server.address() as AddressInfo).port } = options;
  const headers = { host: 'bucket', range: 'bytes=5-14', authorization: 'signed' };
  return workers.run(
    {
      kind: 'receive',
      request: { protocol, hostname: '127.0.0.1', port, path: '/key?x-id=GetObject', headers },
      range: { start: 5, end: 14 },
      objectBytes: 100,
      fd: file.fd,
      connectMs: 60_000,
      silenceMs: 60_000,
    },
    new AbortController().signal,
  );
}

const content = () => readFile(join(temporary.path, 'file'), 'utf8');

describe('a part', () => {
  test('is asked for as it was signed, and written to its place', async () => {
    answer = (socket) => socket.end(GOOD + BODY);
    expect(await receive()).toEqual({ kind: 'hashed', sha256: SHA256 });
    expect(await content()).toBe('-----0123456789-----');
    expect(requests).toEqual([
      'GET /key?x-id=GetObject HTTP/1.1\r\nhost: bucket\r\nrange: bytes=5-14\r\nauthorization: signed\r\nconnection: close\r\n\r\n',
    ]);
  });

  test('may come a byte at a time', async () => {
    answer = async (socket) => {
      socket.setNoDelay();
      for (const byte of GOOD + BODY) {
        socket.write(byte);
        await new Promise(setImmediate);
      }
    };
    expect(await receive()).toEqual({ kind: 'hashed', sha256: SHA256 });
    expect(await content()).toBe('-----0123456789-----');
  });

  test('is hashed where it lies', async () => {
    const order = { kind: 'hash', fd: file.fd, range: { start: 5, end: 14 } } as const;
    await file.write(BODY, 0, 10, 5);
    const { signal } = new AbortController();
    expect(await workers.run(order, signal)).toEqual({ kind: 'hashed', sha256: SHA256 });
  });
});

/** Heads after which nobody could say where a body of ten bytes is. */
const BROKEN: readonly (readonly [name: string, answer: string])[] = [
  ['a body in chunks', `HTTP/1.1 206 P\r\n${LENGTH}transfer-encoding: chunked\r\n\r\na\r\n${BODY}`],
  ['a compressed body', `HTTP/1.1 206 P\r\n${LENGTH}content-encoding: gzip\r\n\r\n${BODY}`],
  ['no length at all', `HTTP/1.1 206 P\r\n${RANGE}\r\n${BODY}`],
  ['two lengths', `HTTP/1.1 206 P\r\n${LENGTH}content-length: 11\r\n\r\n${BODY}`],
  ['a length that is no number', `HTTP/1.1 206 P\r\ncontent-length: +10\r\n\r\n${BODY}`],
  ['a header that is none', `HTTP/1.1 206 P\r\n${LENGTH}so it is\r\n\r\n${BODY}`],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2p1\r\n\r\n'],
  ['another version', `HTTP/1.0 206 P\r\n${LENGTH}\r\n${BODY}`],
  ['headers without an end', `HTTP/1.1 206 P\r\n${'x: y\r\n'.repeat(4_000)}`],
  ['a head that is cut off', `HTTP/1.1 206 P\r\n${LENGTH}`],
  ['more than it said', `${GOOD}${BODY}!`],
];

describe('nothing is written of', () => {
  test.each([
    ['another status', `HTTP/1.1 200 OK\r\n${LENGTH}\r\n${BODY}`, { kind: 'status', status: 200 }],
    [
      'an error in chunks',
      'HTTP/1.1 503 Slow Down\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<Err>\r\n',
      { kind: 'status', status: 503 },
    ],
    [
      'another length',
      `HTTP/1.1 206 Partial Content\r\ncontent-length: 9\r\n\r\n012345678`,
      { kind: 'other-length', bytes: 9 },
    ],
    [
      'an object of another size',
      `HTTP/1.1 206 Partial Content\r\n${LENGTH}content-range: bytes 5-14/99\r\n\r\n${BODY}`,
      { kind: 'other-object', objectBytes: 99 },
    ],
    ...BROKEN.map(([name, text]) => [name, text, { kind: 'failed' }] as const),
  ] as const)('%s', async (_name, text, outcome) => {
    answer = (socket) => socket.end(text);
    expect(await receive()).toMatchObject(outcome);
    expect(await content()).toBe('-----..........-----');
  });

  test('a server whose certificate nobody has signed', async () => {
    const pem = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
    const secure = createSecureServer({ key: pem.private, cert: pem.cert }, (socket) =>
      socket.end(GOOD + BODY),
    );
    secure.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
    await once(secure, 'listening');
    try {
      const { port } = secure.address() as AddressInfo;
      expect(await receive({ protocol: 'https:', port })).toMatchObject({
        kind: 'failed',
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      });
    } finally {
      secure.close();
    }
  });

  test('nobody', async () => {
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await receive({ port })).toMatchObject({ kind: 'failed', code: 'ECONNREFUSED' });
  });
});

test('a header that would begin another request is never sent', async () => {
  const request = {
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: 1,
    path: '/',
    headers: { a: 'b\r\nc: d' },
  };
  const rest = {
    range: { start: 0, end: 1 },
    objectBytes: 2,
    fd: file.fd,
    connectMs: 1_000,
    silenceMs: 1_000,
  };
  const { signal } = new AbortController();
  expect(await workers.run({ kind: 'receive', request, ...rest }, signal)).toMatchObject({
    kind: 'failed',
    code: 'ERR_INVALID_CHAR',
  });
});

test('an order that is given up ends only when its file is touched no more', async () => {
  answer = (socket) => socket.write(GOOD);
  const caller = new AbortController();
  const { port } = server.address() as AddressInfo;
  const request = { protocol: 'http:', hostname: '127.0.0.1', port, path: '/', headers: {} };
  const work = workers.run(
    {
      kind: 'receive',
      request,
      range: { start: 5, end: 14 },
      objectBytes: 100,
      fd: file.fd,
      connectMs: 60_000,
      silenceMs: 60_000,
    },
    caller.signal,
  );
  while (requests.length === 0) await new Promise(setImmediate);
  caller.abort(new Error('time to go'));
  await expect(work).rejects.toThrow('time to go');
});
