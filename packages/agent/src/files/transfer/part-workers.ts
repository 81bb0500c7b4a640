import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { HashOrder, Outcome, ReceiveOrder, Report } from './orders.ts';

/** One thread receives and hashes 0.7 to 1 GB/s; four are more than any network that this runs on. */
const MOST_THREADS = 4;

/** Beside the sources, and beside the bundle that the sources become. */
const FILE = new URL(import.meta.url.endsWith('.ts') ? 'part-worker.ts' : 'part-worker.mjs', import.meta.url);

interface Thread {
  readonly worker: Worker;
  /** Orders that it works on, by id. */
  readonly orders: Map<number, PromiseWithResolvers<Outcome>>;
}

/** An order as it is given: it gets its id here. */
export type NewOrder = Omit<ReceiveOrder, 'id'> | Omit<HashOrder, 'id'>;

/** Threads that receive and hash parts. They start when they are first needed, and end with `dispose`. */
export class PartWorkers implements AsyncDisposable {
  readonly #threads: Thread[] = [];
  readonly #most: number;
  #nextId = 0;

  /** @param threads at most; @default as many as the machine has cores, up to four */
  constructor(threads: number = Math.min(MOST_THREADS, availableParallelism())) {
    this.#most = threads;
  }

  /**
   * Resolves when the order is carried out or given up, and the file is touched no more.
   * @throws the signal's reason when it aborts; Error when the thread has died
   */
  async run(order: NewOrder, signal: AbortSignal): Promise<Exclude<Outcome, { readonly kind: 'stopped' }>> {
    signal.throwIfAborted();
    const thread = this.#choose();
    const id = this.#nextId++;
    const done = Promise.withResolvers<Outcome>();
    thread.orders.set(id, done);
    const stop = () => thread.worker.postMessage({ id, kind: 'stop' });
    signal.addEventListener('abort', stop, { once: true });
    try {
      thread.worker.postMessage({ ...order, id });
      const outcome = await done.promise;
      signal.throwIfAborted();
      if (outcome.kind === 'stopped') throw new Error('the order was stopped by nobody');
      return outcome;
    } finally {
      thread.orders.delete(id);
      signal.removeEventListener('abort', stop);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  /** The one with the least to do. */
  #choose(): Thread {
    const idle = this.#threads.find(({ orders }) => orders.size === 0);
    if (idle) return idle;
    if (this.#threads.length < this.#most) return this.#start();
    return this.#threads.reduce((best, each) => (each.orders.size < best.orders.size ? each : best));
  }

  #start(): Thread {
    // Options of the process, such as a profiler's or a test runner's, are not the thread's.
    const worker = new Worker(FILE, { execArgv: [] });
    const thread: Thread = { worker, orders: new Map() };
    worker.on('message', ({ id, outcome }: Report) => thread.orders.get(id)?.resolve(outcome));
    const died = (reason: string, cause?: unknown) => {
      this.#threads.splice(this.#threads.indexOf(thread), 1);
      for (const { reject } of thread.orders.values()) {
        reject(new Error(`a thread that receives files has died: ${reason}`, { cause }));
      }
    };
    worker.once('error', (error) => died(String(error), error));
    worker.once('exit', (code) => {
      if (this.#threads.includes(thread)) died(`it ended with ${code}`);
    });
    this.#threads.push(thread);
    return thread;
  }
}
