import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { PictureFault } from '../pictures/picture-fault.ts';
import { Refusal } from '../refusal.ts';
import { checkAnswer } from './check-answer.ts';
import type { PictureJob } from './picture-job.ts';
import { PictureWorker, WorkerLost } from './picture-worker.ts';
import type { OpenWorker } from './worker-channel.ts';

export interface PictureNormalizerOptions {
  readonly open: OpenWorker;
  /** Processes, each on a core of its own. */
  readonly workers: number;
  /** For one picture, from when a worker has it. */
  readonly timeoutMs: number;
  readonly logger: Logger;
  /** Done once, before the first worker is opened. @default - nothing */
  readonly prepare?: () => Promise<unknown>;
  /** Is told how long each picture took, without its wait. @default - nobody is */
  readonly onPicture?: (milliseconds: number) => void;
}

/** Pictures that wait for each worker: about two seconds of photographs. */
const MOST_WAITING = 32;
const RETRY_AFTER_SECONDS = 2;

/** A worker loads its decoders in less than half a second. */
const START_TIMEOUT_MS = 20_000;

/** Before a worker is started anew that could not be started. */
const START_AGAIN_MS = 1_000;

/** The smallest PNG there is. */
const PROOF: PictureJob = {
  bytes: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  ...{ width: 1, height: 1, orientation: 1, format: 'png' },
};

interface Task {
  readonly job: () => PictureJob;
  readonly settled: PromiseWithResolvers<Buffer>;
  /** A worker was lost over it. */
  wasTried: boolean;
}

/** Makes pictures anew in processes of their own: what a picture does to its decoder is that process's affair. */
export class PictureNormalizer implements AsyncDisposable {
  readonly #options: PictureNormalizerOptions;
  readonly #waiting: Task[] = [];
  /** Workers that wait for a picture. */
  readonly #idle: (() => void)[] = [];
  readonly #workers = new Set<PictureWorker>();
  #loops: readonly Promise<void>[] = [];
  readonly #closed = new AbortController();
  #ready = 0;
  /** The latest start of a worker failed. */
  #failsToStart = false;
  #lastLoss = 'no worker was ever ready';

  constructor(options: PictureNormalizerOptions) {
    this.#options = options;
  }

  /** Resolves when a picture has been made anew. @throws Error where that cannot be done on this machine */
  async start(): Promise<void> {
    const { prepare, workers } = this.#options;
    await prepare?.();
    this.#loops = Array.from({ length: workers }, () => this.#work());
    try {
      await this.normalize(() => PROOF, this.#closed.signal);
    } catch (error) {
      throw new Error(`no picture can be made anew on this machine: ${this.#lastLoss}`, { cause: error });
    }
  }

  /**
   * A picture anew.
   * @param job is called when a worker has time for it: until then the picture is held in its request alone
   * @param signal when it aborts, the picture is of no use any more
   * @throws PictureFault where the picture is at fault; Refusal 429 when too many wait, 503 where there is no worker; the
   *   signal's reason
   */
  async normalize(job: () => PictureJob, signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    if (this.#closed.signal.aborted || (this.#failsToStart && this.#ready === 0)) throw unavailable();
    if (this.#waiting.length >= this.#options.workers * MOST_WAITING) {
      throw new Refusal(429, 'this instance has more pictures to prepare than it can in time; ask again', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        reason: 'full',
      });
    }
    const task: Task = { job, settled: Promise.withResolvers(), wasTried: false };
    const leave = () => {
      const at = this.#waiting.indexOf(task);
      if (at >= 0) this.#waiting.splice(at, 1);
      task.settled.reject(signal.reason);
    };
    signal.addEventListener('abort', leave);
    this.#waiting.push(task);
    this.#idle.shift()?.();
    try {
      return await task.settled.promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** What waits is refused, workers are ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    for (const wake of this.#idle.splice(0)) wake();
    for (const worker of this.#workers) worker.end();
    this.#refuseWaiting();
    await Promise.all(this.#loops);
  }

  /** One worker after the other, until this is closed. */
  async #work(): Promise<void> {
    const { logger, open } = this.#options;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      const worker = new PictureWorker(open());
      this.#workers.add(worker);
      try {
        await worker.whenReady(START_TIMEOUT_MS);
        this.#failsToStart = false;
        this.#ready++;
        await this.#workWith(worker).finally(() => this.#ready--);
      } catch (error) {
        if (signal.aborted) break;
        this.#lastLoss = error instanceof Error ? error.message : String(error);
        logger.warn({ err: error }, 'a picture worker was lost');
      } finally {
        worker.end();
        this.#workers.delete(worker);
      }
      if (worker.wasReady || signal.aborted) continue;
      this.#failsToStart = true;
      if (this.#ready === 0) this.#refuseWaiting();
      await setTimeout(START_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Until the worker leaves. @throws WorkerLost, or why its answer is none */
  async #workWith(worker: PictureWorker): Promise<void> {
    for (let leaves = false; !leaves && !this.#closed.signal.aborted; ) {
      const task = this.#waiting.shift();
      if (task) leaves = await this.#run(worker, task);
      else await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /** @returns whether the worker leaves after it */
  async #run(worker: PictureWorker, task: Task): Promise<boolean> {
    const { timeoutMs, onPicture } = this.#options;
    const beganAt = performance.now();
    try {
      const job = task.job();
      const { bytes, isPicture, leaves } = await worker.run(job, timeoutMs);
      if (isPicture) {
        checkAnswer(bytes, job);
        onPicture?.(performance.now() - beganAt);
        task.settled.resolve(bytes);
      } else {
        task.settled.reject(new PictureFault(`the picture cannot be decoded: ${firstLine(bytes)}`));
      }
      return leaves;
    } catch (error) {
      this.#settleLost(task, error);
      throw error;
    }
  }

  /** A worker may have been lost for another reason than its picture; two in a row were not. */
  #settleLost(task: Task, error: unknown): void {
    const fault = this.#faultOf(task, error);
    if (fault) {
      task.settled.reject(fault);
    } else {
      task.wasTried = true;
      this.#waiting.unshift(task);
      this.#idle.shift()?.();
    }
  }

  /** Undefined: it is to be tried once more. */
  #faultOf(task: Task, error: unknown): Error | undefined {
    if (this.#closed.signal.aborted) return unavailable();
    if (error instanceof WorkerLost && error.isLate) {
      const seconds = this.#options.timeoutMs / 1_000;
      return new PictureFault(`the picture takes more than ${seconds} s to decode; send a smaller one`);
    }
    return task.wasTried ? new PictureFault('the picture breaks its decoder; save it anew') : undefined;
  }

  #refuseWaiting(): void {
    for (const { settled } of this.#waiting.splice(0)) settled.reject(unavailable());
  }
}

function unavailable(): Refusal {
  return new Refusal(503, 'this instance cannot prepare pictures now; ask again', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/** Of what a decoder says, which may repeat what a picture says. */
function firstLine(bytes: Buffer): string {
  const [line = ''] = bytes.toString('utf8').split('\n');
  return line.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
