import type { StepLoad } from '@pixtral-fleet/catalog';
import { blocksFor, type KvBlocks } from './kv-blocks.ts';
import { Sequence, type SequenceSize } from './sequence.ts';

export interface BatchLimits {
  /** `--max-num-seqs`. */
  readonly maxNumSeqs: number;
  /** `--max-num-batched-tokens`: of one step; longer prompts are computed in chunks. */
  readonly maxNumBatchedTokens: number;
}

/** One step, planned and not yet taken. */
export interface Step<Work extends SequenceSize> {
  readonly load: StepLoad;
  /** Came into the batch with this step, some for a second time. */
  readonly admitted: readonly Sequence<Work>[];
  readonly parts: readonly { readonly sequence: Sequence<Work>; readonly tokens: number }[];
}

/**
 * Continuous batching as in vLLM's V1 scheduler: who runs goes first, in the order of admission; who waits comes in
 * when its whole prompt fits into the KV cache; where an answer needs a block and none is free, the newest request is
 * preempted: it loses its blocks, waits in front of the others and computes everything again.
 */
export class Batch<Work extends SequenceSize> {
  readonly #limits: BatchLimits;
  readonly #kv: KvBlocks;
  readonly #running: Sequence<Work>[] = [];
  readonly #waiting: Sequence<Work>[] = [];
  #preemptions = 0;

  constructor(limits: BatchLimits, kv: KvBlocks) {
    this.#limits = limits;
    this.#kv = kv;
  }

  get running(): number {
    return this.#running.length;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get preemptions(): number {
    return this.#preemptions;
  }

  /** @throws RangeError for a request that the empty cache could not hold, which would wait for ever. */
  add(work: Work): Sequence<Work> {
    const needed = blocksFor(work.promptTokens + work.answerTokens);
    if (needed > this.#kv.total) {
      throw new RangeError(
        `a request of ${work.promptTokens} + ${work.answerTokens} tokens needs ${needed} blocks, the KV cache has ${this.#kv.total}`,
      );
    }
    const sequence = new Sequence(work);
    this.#waiting.push(sequence);
    return sequence;
  }

  /** Whatever it was doing. */
  remove(sequence: Sequence<Work>): void {
    for (const list of [this.#running, this.#waiting]) {
      const index = list.indexOf(sequence);
      if (index >= 0) list.splice(index, 1);
    }
    this.#release(sequence);
  }

  /** What comes next; undefined when nobody is there. */
  plan(): Step<Work> | undefined {
    const parts: { sequence: Sequence<Work>; tokens: number }[] = [];
    const before = this.#preemptions;
    let budget = this.#limits.maxNumBatchedTokens;
    // Those behind are preempted while this goes on: the list gets shorter.
    for (let index = 0; index < this.#running.length && budget > 0; index++) {
      const sequence = this.#running[index];
      if (!sequence || !this.#grow(sequence)) break;
      const tokens = Math.min(sequence.target - sequence.computed, budget);
      parts.push({ sequence, tokens });
      budget -= tokens;
    }
    const admitted = this.#preemptions === before ? this.#admit(budget, parts) : [];
    if (parts.length === 0) return undefined;
    return { load: loadOf(parts), admitted, parts };
  }

  /** Takes the step; returns the requests that have a token more. Those that are finished have left the batch. */
  complete({ parts }: Step<Work>): readonly Sequence<Work>[] {
    const spoke: Sequence<Work>[] = [];
    for (const { sequence, tokens } of parts) {
      // Removed while the step was under way.
      if (sequence.blocks === 0) continue;
      sequence.computed += tokens;
      if (sequence.computed < sequence.target) continue;
      sequence.generated++;
      spoke.push(sequence);
    }
    for (const sequence of spoke) if (sequence.finished) this.remove(sequence);
    return spoke;
  }

  #admit(budget: number, parts: { sequence: Sequence<Work>; tokens: number }[]): readonly Sequence<Work>[] {
    const admitted: Sequence<Work>[] = [];
    let left = budget;
    for (;;) {
      const [next] = this.#waiting;
      if (!next || left <= 0 || this.#running.length >= this.#limits.maxNumSeqs) return admitted;
      const blocks = blocksFor(next.target);
      if (!this.#kv.take(blocks)) return admitted;
      this.#waiting.shift();
      next.blocks = blocks;
      // What it had before it was preempted is gone.
      next.computed = next.generated === 0 ? Math.min(next.work.cachedTokens, next.target - 1) : 0;
      const tokens = Math.min(next.target - next.computed, left);
      left -= tokens;
      this.#running.push(next);
      parts.push({ sequence: next, tokens });
      admitted.push(next);
    }
  }

  /** Makes room for the next token, at the cost of the newest; false when that was itself. */
  #grow(sequence: Sequence<Work>): boolean {
    const more = blocksFor(sequence.target) - sequence.blocks;
    while (!this.#kv.take(more)) {
      const newest = this.#running.pop();
      if (!newest) return false;
      this.#release(newest);
      newest.computed = 0;
      this.#waiting.unshift(newest);
      this.#preemptions++;
      if (newest === sequence) return false;
    }
    sequence.blocks += more;
    return true;
  }

  #release(sequence: Sequence<Work>): void {
    this.#kv.release(sequence.blocks);
    sequence.blocks = 0;
  }
}

function loadOf<Work extends SequenceSize>(parts: Step<Work>['parts']): StepLoad {
  let [tokens, contextTokens, attentionPairs] = [0, 0, 0];
  const picturePatches: number[] = [];
  for (const { sequence, tokens: own } of parts) {
    const answers = sequence.computed >= sequence.work.promptTokens ? sequence.work.choices : 1;
    tokens += own * answers;
    contextTokens += sequence.computed * answers;
    attentionPairs += own * answers * (sequence.computed + own / 2);
    if (sequence.computed < sequence.work.promptTokens) picturePatches.push(...sequence.patchesWithin(own));
  }
  return { tokens, contextTokens, attentionPairs, picturePatches };
}
