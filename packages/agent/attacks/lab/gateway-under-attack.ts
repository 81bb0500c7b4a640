import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GatewayLimits } from '../../src/config/instance-config.ts';
import type { PicturePorts } from './picture-network.ts';

export interface GatewayProcessOptions {
  readonly model: string;
  readonly socketPath: string;
  readonly key: string;
  readonly contextTokens: number;
  /** @default - pictures are never fetched */
  readonly fetching?: PicturePorts;
  /** Other limits than an instance has: rules that are broken on purpose. @default {} */
  readonly limits?: Partial<GatewayLimits>;
}

/** `fail` ends what is in flight, as the agent does at the end of a drain; both are answered with the memory. */
export type GatewayOrder = 'memory' | 'fail';

/** The gateway that is attacked, in a process of its own. */
export class GatewayUnderAttack implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.port = port;
  }

  static async start(options: GatewayProcessOptions): Promise<GatewayUnderAttack> {
    const file = fileURLToPath(new URL('gateway-process.ts', import.meta.url));
    const child = fork(file, [JSON.stringify(options)]);
    return new GatewayUnderAttack(child, await portOf(child, 'gateway'));
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Resident bytes. */
  memory(): Promise<number> {
    return this.#order('memory');
  }

  async failInFlight(): Promise<void> {
    await this.#order('fail');
  }

  async #order(order: GatewayOrder): Promise<number> {
    this.#process.send(order);
    const [{ rss }] = (await once(this.#process, 'message')) as [{ rss: number }];
    return rss;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.alive) return;
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }
}

/** The first thing that a process of the lab says. @throws Error when it ends instead */
export async function portOf(child: ChildProcess, what: string): Promise<number> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the ${what} ended with code ${code} before it listened; see above what it printed`);
  });
  const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
  ended.catch(() => undefined);
  return port;
}
