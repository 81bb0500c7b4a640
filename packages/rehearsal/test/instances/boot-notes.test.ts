import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BootNotes } from '../../src/instances/boot-notes.ts';

let detail: string;
let server: Server;
beforeEach(async () => {
  server = createServer((_request, response) => {
    response.writeHead(503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ state: 'starting', detail }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterEach(() => {
  vi.useRealTimers();
  server.close();
});

test('a state that lasts is told once, one that passes is not, nor one that cannot be read', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const notes: string[] = [];
  const boots = new BootNotes((note) => notes.push(note));
  const instances = [
    { id: 'i-1', gatewayHost: '127.0.0.1', gatewayPort: (server.address() as AddressInfo).port },
    { id: 'i-2', gatewayHost: '127.0.0.1', gatewayPort: 1 },
  ];
  for (const [ms, state] of [
    [0, 'fetching files'],
    [500, 'loading packages'],
    [2_400, 'loading packages'],
    [2_600, 'loading packages'],
    [9_000, 'loading packages'],
    [9_100, 'the gate'],
  ] as const) {
    now = ms;
    detail = state;
    await boots.look(instances);
    await sleep(0);
  }
  expect(notes).toEqual(['i-1: loading packages']);
  vi.restoreAllMocks();
});
