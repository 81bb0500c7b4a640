import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The way to one worker process, and nothing else of it. */
export interface WorkerChannel {
  readonly input: Writable;
  readonly output: Readable;
  /** Ends the worker, whatever it is doing. */
  end(): void;
}

/** How workers are had. */
export type OpenWorker = () => WorkerChannel;

/** Memory that a worker may write to: twice what the largest pictures were seen to take (260 MB). */
export const WORKER_MEMORY_BYTES: number = 512 * 1_048_576;

/** Of memory: a worker that holds more than this between two pictures is replaced. */
const LEAVE_ABOVE_BYTES = 300 * 1_048_576;

export interface WorkerProgram {
  /** The worker as one file; what it imports lies in `node_modules` beside it. */
  readonly file: string;
  readonly maxImageBytes: number;
  readonly maxImagePixels: number;
  /** Memory that it may write to. @default 512 MiB, enough for all that is let through */
  readonly memoryBytes?: number;
}

/**
 * The arguments of Node for a worker. Without compiled code it needs no memory that can be written and run; it reads its
 * own files and nothing else, opens no connection and starts no process, as long as it is JavaScript that tries. What
 * native code may do is for the unit to say (`pixtral-pictures@.service`).
 */
export function workerArguments({ file, maxImageBytes, maxImagePixels }: WorkerProgram): readonly string[] {
  return [
    '--jitless',
    '--max-old-space-size=64',
    '--no-warnings',
    '--permission',
    '--allow-addons',
    `--allow-fs-read=${dirname(file)}`,
    file,
    `--max-bytes=${maxImageBytes}`,
    `--max-pixels=${maxImagePixels}`,
    `--leave-above=${LEAVE_ABOVE_BYTES}`,
  ];
}

/** A child of this process with none of its environment, and a limit on its memory. */
export function spawnWorker(program: WorkerProgram): OpenWorker {
  return () => {
    const { memoryBytes = WORKER_MEMORY_BYTES } = program;
    const script = 'ulimit -d "$0" && ulimit -c 0 && exec "$@"';
    const child = spawn(
      '/bin/sh',
      ['-c', script, String(memoryBytes / 1_024), process.execPath, ...workerArguments(program)],
      { env: { MALLOC_ARENA_MAX: '2' }, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'], detached: true },
    );
    child.once('error', () => child.stdout.destroy());
    return { input: child.stdin, output: child.stdout, end: () => void child.kill('SIGKILL') };
  };
}

/** One that the service manager starts for each connection, in a unit of its own; it ends with the connection. */
export function connectWorker(socketPath: string): OpenWorker {
  return () => {
    const socket = connect(socketPath);
    return { input: socket, output: socket, end: () => void socket.destroy() };
  };
}
