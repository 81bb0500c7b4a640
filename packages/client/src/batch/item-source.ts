import { InvalidRequestError } from '../errors/errors.ts';
import type { BatchItem } from './batch-types.ts';
import { type ItemIdentity, identifyItem } from './identify-item.ts';

type Items<Data> = AsyncIterator<BatchItem<Data>> | Iterator<BatchItem<Data>>;

/** An item and its place in the source. */
export interface SourceItem<Data> extends ItemIdentity {
  readonly item: BatchItem<Data>;
  readonly index: number;
}

/** Reads a batch's items one after the other, each under an id of its own. */
export class ItemSource<Data> {
  readonly #items: Items<Data>;
  readonly #ids = new Set<string>();
  #exhausted = false;

  constructor(items: Items<Data>) {
    this.#items = items;
  }

  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Items read so far. */
  get count(): number {
    return this.#ids.size;
  }

  /** Undefined at the end. @throws InvalidRequestError for an id that an earlier item has; what the source throws. */
  async next(): Promise<SourceItem<Data> | undefined> {
    const { done, value: item } = await this.#items.next();
    if (done) {
      this.#exhausted = true;
      return undefined;
    }
    const index = this.count;
    const identity = await identifyItem(item, index);
    if (this.#ids.has(identity.id)) {
      throw new InvalidRequestError(
        `item ${index} has the id ${JSON.stringify(identity.id)} of an earlier item; give each an id of its own`,
      );
    }
    this.#ids.add(identity.id);
    return { ...identity, item, index };
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.#items.return?.();
  }
}
