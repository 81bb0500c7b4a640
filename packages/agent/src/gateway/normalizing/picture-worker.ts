import {
  MOST_ANSWER_BYTES,
  type PictureAnswer,
  type PictureJob,
  readAnswer,
  writeJobHead,
} from './picture-job.ts';
import { readFrames } from './read-frames.ts';
import type { WorkerChannel } from './worker-channel.ts';

/** A worker is gone: it ended, or was ended. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost' as const;
  /** It was ended because it took too long. */
  readonly isLate: boolean;

  constructor(message: string, { isLate = false }: { readonly isLate?: boolean } = {}) {
    super(message);
    this.isLate = isLate;
  }
}

/** One worker process, which does one job at a time. */
export class PictureWorker {
  readonly #channel: WorkerChannel;
  readonly #answers: AsyncGenerator<PictureAnswer>;
  /** It has once been ready. */
  wasReady = false;

  constructor(channel: WorkerChannel) {
    this.#channel = channel;
    this.#answers = readAnswers(channel);
    // Whatever goes wrong with writing is seen as an answer that does not come.
    channel.input.on('error', () => undefined);
  }

  /** Resolves when it takes jobs. @throws WorkerLost */
  async whenReady(timeoutMs: number): Promise<void> {
    await this.#next(timeoutMs, 'did not start');
    this.wasReady = true;
  }

  /** @throws WorkerLost; the worker is of no use then */
  async run(job: PictureJob, timeoutMs: number): Promise<PictureAnswer> {
    this.#channel.input.write(writeJobHead(job));
    this.#channel.input.write(job.bytes);
    return this.#next(timeoutMs, 'did not answer');
  }

  end(): void {
    this.#channel.end();
  }

  async #next(timeoutMs: number, what: string): Promise<PictureAnswer> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new WorkerLost(`it ${what} within ${timeoutMs / 1_000} s`, { isLate: true }));
    }, timeoutMs);
    try {
      const { value, done } = await Promise.race([this.#answers.next(), late]);
      if (done) throw new WorkerLost('it ended');
      return value;
    } catch (error) {
      this.end();
      if (error instanceof WorkerLost) throw error;
      throw new WorkerLost(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }
}

async function* readAnswers({ output }: WorkerChannel): AsyncGenerator<PictureAnswer> {
  for await (const { head, bytes } of readFrames(output, MOST_ANSWER_BYTES)) yield readAnswer(head, bytes);
}
