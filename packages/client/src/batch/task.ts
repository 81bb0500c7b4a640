import type { Usage } from '../chat/chat-types.ts';
import type { BatchItem, ItemError } from './batch-types.ts';
import type { ItemIdentity } from './identify-item.ts';

/** An item on its way. */
export interface Task<Data> extends ItemIdentity {
  readonly item: BatchItem<Data>;
  readonly index: number;
  attempts: number;
  /** Attempts that count against the most there may be. */
  counted: number;
  /** Answers of the whole batch when those attempts began. */
  answersBefore: number;
  usage: Usage | undefined;
}

export type Outcome<Value> =
  | { readonly ok: true; readonly answer: Value }
  | { readonly ok: false; readonly error: ItemError };
