import type { Stats } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A lock that the operating system gives back when its holder dies, however that happens: a socket that listens under a
 * name made of the file's device and inode. Of processes of one machine only one can hold it; nobody has to clean up
 * after a `SIGKILL`, as with a lock file. (Node has no `flock`.)
 */
export class CheckpointLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @returns undefined when another process, or this one, holds it */
  static async take(file: Pick<Stats, 'dev' | 'ino'>): Promise<CheckpointLock | undefined> {
    const name = socketName(`pixtral-batch-${file.dev}-${file.ino}`);
    const server = await listen(name);
    if (server) return new CheckpointLock(server);
    // A name in the file system outlives its holder: one that nobody answers under may be taken.
    if (process.platform === 'linux' || process.platform === 'win32' || (await isAnswered(name)))
      return undefined;
    await unlink(name);
    const second = await listen(name);
    return second && new CheckpointLock(second);
  }

  release(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** An abstract socket on Linux, a named pipe on Windows: neither leaves anything behind. */
function socketName(name: string): string {
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), name);
}

/** @returns undefined when the name is taken */
function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ path: name, exclusive: true }, () => resolve(server.unref()));
  });
}

function isAnswered(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name);
    const finish = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
  });
}
