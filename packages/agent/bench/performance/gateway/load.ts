import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadReport } from './load-process.ts';
import { pin } from './proxies.ts';

const ENGINE = new URL('engine-stub.ts', import.meta.url);
const CLIENTS = new URL('load-process.ts', import.meta.url);

/** A child that ends with its channel. */
interface Child extends AsyncDisposable {
  readonly process: ChildProcess;
}

function startChild(url: URL, args: readonly string[], core: number | undefined): Child {
  const file = fileURLToPath(url);
  const [program = '', ...rest] = [...pin(core), process.execPath, file, ...args];
  const child =
    core === undefined
      ? fork(file, args)
      : spawn(program, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    process: child,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

export interface Engine extends AsyncDisposable {
  readonly socketPath: string;
}

export async function startEngine(options: {
  readonly folder: string;
  readonly tokens: number;
  readonly paceMs: number;
  readonly core?: number | undefined;
}): Promise<Engine> {
  const socketPath = join(options.folder, 'engine.sock');
  const child = startChild(
    ENGINE,
    [socketPath, String(options.tokens), String(options.paceMs)],
    options.core,
  );
  await once(child.process, 'message');
  return { socketPath, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

/** The clients, in a process of their own. */
export interface Load extends AsyncDisposable {
  run<Kind extends LoadOrder['kind']>(
    order: LoadOrder & { readonly kind: Kind },
  ): Promise<LoadReport & { readonly kind: Kind }>;
}

export function startLoad(core?: number): Load {
  const child = startChild(CLIENTS, [], core);
  return {
    async run<Kind extends LoadOrder['kind']>(order: LoadOrder & { readonly kind: Kind }) {
      child.process.send(order);
      const [report] = (await once(child.process, 'message')) as [LoadReport];
      if (report.kind === 'failed') throw new Error(report.message);
      return report as LoadReport & { readonly kind: Kind };
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
