import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const NGINX = 'nginx';

/** Why a program cannot take part, or nothing. */
export function missing(program: string): string | undefined {
  return spawnSync(program, ['-v'], { stdio: 'ignore' }).error === undefined
    ? undefined
    : `${program} is not installed`;
}

/** A program that serves until it is disposed of. */
export interface Served extends AsyncDisposable {
  readonly port: number;
  /** Whose CPU and memory count. */
  readonly pid: number;
}

/**
 * nginx with one process that serves.
 * @param server lines of its `server` block, beside `listen`
 */
export async function startNginx(options: {
  readonly folder: string;
  readonly http?: string;
  readonly server: string;
  readonly port: number;
  readonly prefix?: readonly string[];
}): Promise<Served> {
  const folder = join(options.folder, `nginx-${options.port}`);
  await mkdir(folder);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const config = `
daemon off; master_process off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')} warn;
events { worker_connections 8192; }
http {
  access_log off; default_type application/octet-stream; keepalive_requests 1000000;
  ${temporary.join(' ')}
  ${options.http ?? ''}
  server { listen 127.0.0.1:${options.port} backlog=4096; ${options.server} }
}
`;
  const file = join(folder, 'nginx.conf');
  await writeFile(file, config);
  return startServer(
    [...(options.prefix ?? []), NGINX, '-e', join(folder, 'error.log'), '-c', file],
    options.port,
  );
}

/** Starts a server and waits until its port takes connections. */
export async function startServer(command: readonly string[], port: number): Promise<Served> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}`);
    await sleep(20);
  }
  return {
    port,
    pid: child.pid ?? -1,
    async [Symbol.asyncDispose]() {
      stop(child);
      await exited;
    },
  };
}

function stop(child: ChildProcess): void {
  child.kill('SIGKILL');
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
