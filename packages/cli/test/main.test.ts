import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixtral } from './run-pixtral.ts';

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');
let refusing: Server;
let url: string;

beforeAll(async () => {
  refusing = createServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(
      '{"error":{"message":"wrong API key","type":"AuthenticationError","param":null,"code":401}}',
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => refusing.once('listening', resolve));
  const address = refusing.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => new Promise((resolve) => refusing.close(resolve)));

describe('the command line', () => {
  it('lists every verb in its help', async () => {
    const { code, stdout } = await pixtral(['--help']);
    expect(code).toBe(0);
    for (const verb of [
      'rehearse',
      'init',
      'doctor',
      'plan',
      'synth',
      'deploy',
      'status',
      'verify',
      'tunnel',
      'ask',
      'batch',
      'logs',
      'secret',
      'rollback',
      'destroy',
      'simulate',
    ])
      expect(stdout).toContain(verb);
  });

  it.each([
    [['rehearse', '--instances', 'two'], '--instances must be a whole number, got "two"'],
    [['rehearse', '--engine', 'ollama'], 'Allowed choices are simulated, vllm'],
    [['rehearse', '--engine', 'vllm', '--mutant', 'blind'], 'mutant blind needs engine simulated'],
    [
      ['rehearse', '--mutant', 'deaf'],
      'Allowed choices are blind, corrupt-file, corrupt-download, gated-model',
    ],
    [['simulate', '--port', '0'], '--port must be a whole number from 1 to 65535, got "0"'],
    [['fly'], "unknown command 'fly'"],
  ])('fails with exit code 2 and no stack for %j', async (args, message) => {
    const { code, stderr } = await pixtral(args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  });

  it('fails with exit code 1 when the fleet refuses, and never prints the key', async () => {
    const picture = join(FIXTURES, 'red.png');
    const { code, stderr } = await pixtral([
      'ask',
      picture,
      'What colour?',
      '--endpoint',
      url,
      '--api-key',
      'sk-secret',
    ]);
    expect(stderr).toContain('wrong API key');
    expect(stderr).not.toContain('sk-secret');
    expect(code).toBe(1);
  });

  it('fails with exit code 2 when the picture does not exist', async () => {
    const { code, stderr } = await pixtral([
      'ask',
      '/no/such.png',
      'What?',
      '--endpoint',
      url,
      '--api-key',
      'k',
    ]);
    expect(stderr).toContain('/no/such.png');
    expect(code).toBe(2);
  });
});
