import type { Usage } from '../chat/chat-types.ts';
import type { ItemError } from './batch-types.ts';
import type { SourceItem } from './item-source.ts';

/** An item on its way. */
export interface Task<Data> extends SourceItem<Data> {
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

/** @param answers how many items of the batch have been answered so far */
export function newTask<Data>(read: SourceItem<Data>, answers: number): Task<Data> {
  return { ...read, attempts: 0, counted: 0, answersBefore: answers, usage: undefined };
}
