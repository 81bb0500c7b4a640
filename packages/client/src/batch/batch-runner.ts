import { AbortError } from '../errors/errors.ts';
import { addUsage } from './add-usage.ts';
import { AlikeFailures } from './alike-failures.ts';
import { abortError, stopError } from './batch-errors.ts';
import type { BatchOptions, BatchResult, ItemWork } from './batch-types.ts';
import type { CheckpointFile } from './checkpoint/checkpoint-file.ts';
import { classifyFailure } from './classify-failure.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { DEFAULT_ATTEMPTS, decideNext } from './decide-next.ts';
import { describeItemError, formatItem, parseItem } from './describe-item.ts';
import { isAlive } from './is-alive.ts';
import type { ItemSource } from './item-source.ts';
import { ProgressMeter } from './progress-meter.ts';
import { backoff, RetryQueue } from './retry-queue.ts';
import { newTask, type Outcome, type Task } from './task.ts';

/** Results, texts without pictures, that may wait in memory for an earlier one or for a slow reader. */
const MOST_WAITING = 256;

/**
 * Sends the items of a batch: as many at a time as the limit allows, those to be sent again first. It reads the next
 * item when there is room for it, and never while results pile up unread.
 */
export class BatchRunner<Value, Data> {
  readonly #source: ItemSource<Data>;
  readonly #work: ItemWork<Value, Data>;
  readonly #options: BatchOptions;
  readonly #checkpoint: CheckpointFile | undefined;
  readonly #limit: ConcurrencyLimit;
  readonly #meter: ProgressMeter;
  readonly #alike = new AlikeFailures();
  readonly #abort = new AbortController();
  readonly #retries = new RetryQueue<Task<Data>>();
  readonly #finished = new Map<number, BatchResult<Value, Data>>();
  #inFlight = 0;
  /** Items that were read and are not finished. */
  #open = 0;
  #answers = 0;
  #reading = false;
  #timer: NodeJS.Timeout | undefined;
  #ended: unknown;
  #wake = Promise.withResolvers<void>();

  constructor(init: {
    readonly source: ItemSource<Data>;
    readonly work: ItemWork<Value, Data>;
    readonly options: BatchOptions;
    readonly checkpoint: CheckpointFile | undefined;
    readonly total: number | undefined;
  }) {
    this.#source = init.source;
    this.#work = init.work;
    this.#options = init.options;
    this.#checkpoint = init.checkpoint;
    this.#limit = new ConcurrencyLimit(init.options.concurrency);
    this.#meter = new ProgressMeter({ total: init.total, now: performance.now() });
  }

  /** Results in the order of the source. Throws what ended the batch, after all results that there are. */
  async *results(): AsyncGenerator<BatchResult<Value, Data>, void, undefined> {
    const { signal, stop } = this.#options;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    stop?.addEventListener('abort', this.#onStop, { once: true });
    if (signal?.aborted) this.#onAbort();
    else if (stop?.aborted) this.#onStop();
    try {
      for (let index = 0; !this.#isOver(index); ) {
        this.#pump();
        const result = this.#finished.get(index);
        if (result) {
          this.#finished.delete(index++);
          yield result;
        } else if (!this.#isOver(index)) await this.#wake.promise;
      }
      yield* [...this.#finished.values()].sort((a, b) => a.index - b.index);
      if (this.#ended !== undefined) throw this.#ended;
    } finally {
      signal?.removeEventListener('abort', this.#onAbort);
      stop?.removeEventListener('abort', this.#onStop);
      await this.#close();
    }
  }

  /** Whether there is nothing more to wait for. */
  #isOver(index: number): boolean {
    if (this.#inFlight > 0) return false;
    return (
      this.#ended !== undefined || (!this.#reading && this.#source.exhausted && index === this.#source.count)
    );
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#ended !== undefined) return;
    const now = performance.now();
    while (this.#inFlight < this.#limit.current && !this.#retries.isPaused(now)) {
      const due = this.#retries.takeDue(now);
      if (!due) {
        this.#readNext();
        break;
      }
      void this.#send(due);
    }
    const waitMs = this.#retries.nextAt(now) - now;
    if (Number.isFinite(waitMs)) this.#timer = setTimeout(() => this.#pump(), waitMs);
  }

  #readNext(): void {
    const room =
      this.#open < this.#limit.max && this.#finished.size < Math.max(MOST_WAITING, this.#limit.max);
    if (this.#reading || this.#source.exhausted || !room) return;
    this.#reading = true;
    void this.#read()
      .catch((error: unknown) => this.#end(error))
      .finally(() => {
        this.#reading = false;
        this.#changed();
      });
  }

  async #read(): Promise<void> {
    const read = await this.#source.next();
    if (!read) return;
    const line = await this.#checkpoint?.find(read.id, read.input);
    if (this.#ended !== undefined) return;
    if (line && (line.ok || !this.#options.retryFailed)) {
      const { item, index } = read;
      this.#finish({ ...parseItem<Value>(line), item, index, resumed: true });
      return;
    }
    this.#open++;
    void this.#send(newTask(read, this.#answers));
  }

  async #send(task: Task<Data>): Promise<void> {
    const { client, timeoutMs } = this.#options;
    const { ticket } = this.#limit;
    this.#inFlight++;
    task.attempts++;
    task.counted++;
    try {
      const answer = await this.#work(task.item, {
        client,
        id: task.id,
        index: task.index,
        attempt: task.attempts,
        call: {
          signal: this.#abort.signal,
          retries: 0,
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
        },
        countUsage: (usage) => {
          task.usage = addUsage(task.usage, usage);
        },
      });
      this.#answers++;
      this.#limit.onAnswer(this.#inFlight);
      await this.#record(task, { ok: true, answer });
    } catch (error) {
      await this.#onFailure(task, error, ticket);
    } finally {
      this.#inFlight--;
      this.#changed();
    }
  }

  /** Decides what a failed attempt means: again, an item that failed, or the end of the batch. */
  async #onFailure(task: Task<Data>, error: unknown, ticket: number): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const failure = classifyFailure(error);
    if (failure.kind !== 'item' && failure.kind !== 'refused') this.#limit.onOverload(ticket);
    const next = decideNext(failure, {
      attempts: task.counted,
      most: this.#options.attempts ?? DEFAULT_ATTEMPTS,
      othersAnswered: this.#answers > task.answersBefore,
    });
    const failed = { ok: false, error: describeItemError(error) } as const;
    if (next.do === 'again') {
      if (next.anew) Object.assign(task, { counted: 0, answersBefore: this.#answers });
      this.#retries.add(task, {
        now: performance.now(),
        askedMs: next.afterMs,
        backoffMs: backoff(task.counted, this.#options.backoffMs ?? 500),
      });
    } else if (
      next.do === 'record' ||
      (next.do === 'record-if-alive' && (await isAlive(this.#options.client, this.#abort.signal)))
    ) {
      if (failure.kind === 'item' && this.#answers === 0 && this.#alike.add(error)) {
        this.#end(stopError('all-alike', error, this.#alike.count));
      }
      await this.#record(task, failed);
    } else {
      this.#end(stopError(failure.kind === 'refused' ? 'refused' : 'unavailable', error, task.counted));
    }
  }

  /** The result counts once it is written. */
  async #record(task: Task<Data>, outcome: Outcome<Value>): Promise<void> {
    const { id, item, index, attempts, usage } = task;
    const result: BatchResult<Value, Data> = { id, index, item, attempts, usage, resumed: false, ...outcome };
    try {
      await this.#checkpoint?.append(formatItem(result, task.input));
    } catch (error) {
      this.#end(error, 'at once');
      return;
    }
    this.#open--;
    this.#finish(result);
  }

  #finish(result: BatchResult<Value, Data>): void {
    this.#finished.set(result.index, result);
    this.#meter.onFinished(result, performance.now());
    this.#options.onProgress?.(
      this.#meter.read(performance.now(), {
        inFlight: this.#inFlight,
        retrying: this.#retries.size,
        concurrency: this.#limit.current,
      }),
    );
  }

  #changed(): void {
    this.#pump();
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** Nothing new is sent from here on. The first reason counts. */
  #end(error: unknown, how: 'in order' | 'at once' = 'in order'): void {
    this.#ended ??= error;
    if (how === 'at once') this.#abort.abort(error);
    clearTimeout(this.#timer);
    this.#changed();
  }

  async #close(): Promise<void> {
    this.#end(new AbortError('the results were not read to their end'), 'at once');
    while (this.#inFlight > 0) await this.#wake.promise;
    // A source that hangs would not let itself be ended either.
    const returned = this.#source.close();
    if (this.#reading) returned.catch(() => undefined);
    else await returned;
  }

  readonly #onAbort = (): void => this.#end(abortError('aborted', this.#options.signal), 'at once');

  readonly #onStop = (): void => this.#end(abortError('stopped', this.#options.stop));
}
