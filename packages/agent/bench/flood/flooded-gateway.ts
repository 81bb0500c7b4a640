import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const KEY = 'key-of-the-flooded-gateway';

/** A gateway that is flooded, and an honest client beside it. */
export class FloodedGateway implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(options: { process: ChildProcess; folder: string; port: number }) {
    this.#process = options.process;
    this.#folder = options.folder;
    this.port = options.port;
  }

  /** @param worker program that makes pictures anew. @default - they are passed on */
  static async start(worker?: string): Promise<FloodedGateway> {
    const folder = await mkdtemp(join(tmpdir(), 'flood-'));
    const file = fileURLToPath(new URL('gateway-process.ts', import.meta.url));
    const args = [join(folder, 'engine.sock'), KEY, ...(worker === undefined ? [] : [worker])];
    const child = fork(file, args, { execArgv: ['--expose-gc'] });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new FloodedGateway({ process: child, folder, port });
  }

  /** Resident memory in bytes, after what is garbage has been collected where that is asked for. */
  async memory(when: 'now' | 'collect' = 'now'): Promise<number> {
    this.#process.send(when);
    const [{ rss }] = (await once(this.#process, 'message')) as [{ rss: number }];
    return rss;
  }

  /** Milliseconds that an honest request takes; whatever is wrong with its answer is an error. */
  async ask(): Promise<number> {
    const startedAt = performance.now();
    const answer = await fetch(`http://127.0.0.1:${this.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Are you there?' }] }),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`an honest request got ${answer.status}: ${text}`);
    return performance.now() - startedAt;
  }

  /** Watches memory and asks honestly while a flood goes on. */
  async watch(flood: Promise<unknown>): Promise<{ readonly peak: number; readonly slowestMs: number }> {
    let over = false;
    const stop = () => {
      over = true;
    };
    flood.then(stop, stop);
    let [peak, slowestMs] = [0, 0];
    while (!over) {
      slowestMs = Math.max(slowestMs, await this.ask());
      peak = Math.max(peak, await this.memory());
      await sleep(50);
    }
    await flood;
    return { peak, slowestMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
    await rm(this.#folder, { recursive: true, force: true });
  }
}
