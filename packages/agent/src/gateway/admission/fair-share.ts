/** One of those that share, and how much it has had. */
interface Share {
  readonly weight: number;
  /** Virtual time at which it may begin next. */
  tag: number;
}

/**
 * Start-time fair queueing (Goyal, Vin, Cheng 1996) among those that want something now: whoever has had least, by cost
 * over weight, is next. What nobody wanted is nobody's credit: who comes back begins where the others are.
 *
 * While two of them both want something all the time, what they get over their weight differs by no more than their
 * largest single cost over its weight, added up.
 */
export class FairShare<Id> {
  readonly #shares = new Map<Id, Share>();
  /** Of those that want nothing now, while they are ahead of the others. */
  readonly #past = new Map<Id, number>();
  #virtualTime = 0;

  /** It wants something, from now on and until `withdraw`. */
  want(id: Id, weight: number): void {
    if (!this.#shares.has(id))
      this.#shares.set(id, { weight, tag: Math.max(this.#virtualTime, this.#had(id)) });
  }

  /** It wants nothing more. */
  withdraw(id: Id): void {
    const share = this.#shares.get(id);
    if (!share) return;
    this.#shares.delete(id);
    // Leaving and coming back must not wash it clean.
    if (share.tag > this.#virtualTime) this.#past.set(id, share.tag);
  }

  /** Whose turn it is; the first to have wanted something among equals. */
  next(): Id | undefined {
    let best: { readonly id: Id; readonly tag: number } | undefined;
    for (const [id, { tag }] of this.#shares) if (!best || tag < best.tag) best = { id, tag };
    return best?.id;
  }

  /** It got something of that cost. */
  charge(id: Id, cost: number): void {
    const share = this.#shares.get(id);
    if (!share) return;
    this.#virtualTime = Math.max(this.#virtualTime, share.tag);
    share.tag += cost / share.weight;
    for (const [past, tag] of this.#past) if (tag <= this.#virtualTime) this.#past.delete(past);
  }

  /** As it is now; what happens to one does not happen to the other. */
  clone(): FairShare<Id> {
    const copy = new FairShare<Id>();
    copy.#virtualTime = this.#virtualTime;
    for (const [id, share] of this.#shares) copy.#shares.set(id, { ...share });
    for (const [id, tag] of this.#past) copy.#past.set(id, tag);
    return copy;
  }

  #had(id: Id): number {
    const tag = this.#past.get(id) ?? 0;
    this.#past.delete(id);
    return tag;
  }
}
