import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a unit prints, as it prints it. */
export interface EngineOutput {
  /** Resolves when nobody holds it open any more, or after the time. */
  untilClosed(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Listens where a unit prints to (`StandardOutput=file:` of a Unix socket, which the service manager connects before it
 * gives its rights up). Nobody else may: the socket is its owner's alone.
 */
export async function listenForOutput(path: string, onText: (text: string) => void): Promise<EngineOutput> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.setEncoding('utf8').on('data', onText);
    // A reset tells no more than an end: the process has gone.
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    async untilClosed(timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      while (open.size > 0 && performance.now() < deadline) await sleep(10);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
