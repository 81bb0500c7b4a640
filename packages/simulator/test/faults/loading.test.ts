import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { pause } from '../stream.ts';
import { startProcess } from './start-process.ts';

describe.concurrent('while it loads', () => {
  it('the port refuses, until it is let go', async () => {
    const port = await freePort();
    await using server = await startProcess({ neverReady: true }, { args: ['--port', port] });
    const control = await server.controlUrl();
    await pause(100);
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    await fetch(`${control}/behaviour`, { method: 'PATCH', body: '{"neverReady": false}' });
    expect((await fetch(`${await server.url()}/health`)).status).toBe(200);
  });

  it('it takes its seconds', async () => {
    const began = performance.now();
    await using server = await startProcess({ loadSeconds: 1 });
    await server.url();
    expect(performance.now() - began).toBeGreaterThan(1_000);
  });

  it.each([
    ['is told to', { outOfMemory: true }],
    ['has weights that do not fit', { engineModel: { checkpoint: 'bf16', instanceType: 'g5.2xlarge' } }],
  ])('memory runs out when it %s: exit 1, and the first exception is the cause', async (_, behaviour) => {
    await using server = await startProcess(behaviour);
    expect(await server.exited).toEqual({ code: 1, signal: null });
    expect(firstException(server.log())).toBe(
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 140.00 MiB. GPU 0 has a total capacity of 22.35 GiB of which 44.44 MiB is free. Including non-PyTorch memory, this process has 22.31 GiB memory in use.',
    );
    const { length, [length - 1]: last } = server.log().trim().split('\n');
    expect(last).toMatch(
      /^\(APIServer pid=\d+\) RuntimeError: Engine core initialization failed\. See root cause above\. Failed core proc\(s\): \{\}$/,
    );
  });

  it('a context that the KV cache cannot hold ends it', async () => {
    await using server = await startProcess(
      { engineModel: { checkpoint: 'w8a8', instanceType: 'g5.2xlarge' }, kvTokens: 8_192 },
      { args: ['--max-model-len', '16384'] },
    );
    expect(await server.exited).toEqual({ code: 1, signal: null });
    expect(firstException(server.log())).toMatch(
      /^ValueError: To serve at least one request with the models's max seq len \(16384\), .* estimated maximum model length is 8192\./,
    );
  });

  it('the KV cache is told as vLLM does', async () => {
    await using server = await startProcess(
      { engineModel: { checkpoint: 'w8a8', instanceType: 'g5.2xlarge' } },
      { args: ['--max-model-len', '16384'] },
    );
    await server.url();
    expect(server.log()).toContain('GPU KV cache size: 36,672 tokens\n');
    expect(server.log()).toContain('Maximum concurrency for 16,384 tokens per request: 2.24x\n');
  });

  it('an option that makes no sense ends it with code 2', async () => {
    await using server = await startProcess({ kvTokens: 8_192 });
    expect(await server.exited).toEqual({ code: 2, signal: null });
    expect(server.log()).toMatch(
      /^vllm: error: \S+: "kvTokens" needs an "engineModel", got "none"; without one there is no KV cache$/m,
    );
  });
});

function freePort(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(String(typeof address === 'object' && address ? address.port : 0)));
    });
  });
}

/** As the agent finds it: the first line that ends a traceback, without vLLM's marks. */
function firstException(log: string): string | undefined {
  return log
    .split('\n')
    .map((line) => line.replace(/^(\(\w+ pid=\d+\) ?)?(ERROR [\d-]+ [\d:]+ \[[^\]]*\] ?)?/, ''))
    .find((line) => /^[\w.]+Error: /.test(line));
}
