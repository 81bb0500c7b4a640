import { InvalidRequestError } from '../errors/errors.ts';
import type { ImageInput } from '../images/image-input.ts';
import { Picture } from '../images/picture.ts';
import { askWork, DEFAULT_REQUEST } from './ask-work.ts';
import { BatchRunner } from './batch-runner.ts';
import type { BatchItem, BatchOptions, BatchResult, ItemWork } from './batch-types.ts';
import { CheckpointFile } from './checkpoint/checkpoint-file.ts';
import { ItemSource } from './item-source.ts';

/** Pictures, or items with an id, several pictures, a question or data of their own. */
export type BatchSource<Data> =
  | Iterable<ImageInput | BatchItem<Data>>
  | AsyncIterable<ImageInput | BatchItem<Data>>;

/**
 * Asks one question about many pictures, or does any work on each, and gives the results in order.
 *
 * - The source is read as answers come: never more items than requests may be in flight.
 * - An item's own fault is a result with `ok: false`; connections, 5xx, 429 and 503 are tried again.
 * - With a checkpoint, each result is a line in that file before it is given. A batch that was killed and is started
 *   again gives the results of those lines and sends what is left.
 * - Leaving the loop early ends the batch as its `signal` does.
 *
 * @throws BatchStoppedError when all items would fail alike, CheckpointError, AbortError after `stop` or `signal`,
 * InvalidRequestError for an id that comes twice
 */
export function mapImages<Data>(
  source: BatchSource<Data>,
  question: string,
  options: BatchOptions,
): AsyncGenerator<BatchResult<string, Data>, void, undefined>;
export function mapImages<Value, Data>(
  source: BatchSource<Data>,
  work: ItemWork<Value, Data>,
  options: BatchOptions,
): AsyncGenerator<BatchResult<Value, Data>, void, undefined>;
export async function* mapImages<Value, Data>(
  source: BatchSource<Data>,
  work: string | ItemWork<Value, Data>,
  options: BatchOptions,
): AsyncGenerator<BatchResult<Value | string, Data>, void, undefined> {
  const checkpoint =
    options.checkpoint === undefined
      ? undefined
      : await CheckpointFile.open(options.checkpoint, describeWork(work, options));
  try {
    const total = options.total ?? (Array.isArray(source) ? source.length : undefined);
    const common = { source: new ItemSource(readItems(source)), options, checkpoint, total };
    yield* typeof work === 'string'
      ? new BatchRunner({ ...common, work: askWork<Data>(work, options.request) }).results()
      : new BatchRunner({ ...common, work }).results();
  } finally {
    await checkpoint?.close();
  }
}

/** All that an answer depends on beside the item. @throws InvalidRequestError for a function that nothing identifies */
function describeWork(work: unknown, { client, request, fingerprint }: BatchOptions): unknown {
  if (typeof work === 'string') {
    return { model: client.model, question: work, ...DEFAULT_REQUEST, ...request, fingerprint };
  }
  if (fingerprint === undefined) {
    throw new InvalidRequestError(
      'a checkpoint of a function needs options.fingerprint: JSON that changes when its answers would, such as its prompt and version',
    );
  }
  return { model: client.model, fingerprint };
}

async function* readItems<Data>(source: BatchSource<Data>): AsyncGenerator<BatchItem<Data>, void, undefined> {
  for await (const entry of source) yield isItem(entry) ? entry : { image: entry };
}

function isItem<Data>(entry: ImageInput | BatchItem<Data>): entry is BatchItem<Data> {
  return typeof entry === 'object' && !(entry instanceof Picture) && 'image' in entry;
}
