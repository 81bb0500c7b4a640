import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ImageInput } from '../images/image-input.ts';
import { Picture } from '../images/picture.ts';
import type { BatchItem } from './batch-types.ts';
import { digest } from './checkpoint/checkpoint-line.ts';

/** How an item is found again in a checkpoint. */
export interface ItemIdentity {
  readonly id: string;
  /** Digest of the sizes of its pictures and its own question: with another input it is another item. */
  readonly input: string;
}

/** The id that was given, else the paths or URLs, else the position in the source. A missing file has no size. */
export async function identifyItem(item: BatchItem, index: number): Promise<ItemIdentity> {
  const images = listImages(item.image);
  const names = images.map(nameOf);
  const named = names.every((name) => name !== undefined) ? names.join(', ') : `#${index}`;
  const sizes = await Promise.all(images.map(sizeOf));
  return { id: item.id ?? named, input: digest({ sizes, question: item.question }) };
}

export function listImages(image: BatchItem['image']): readonly ImageInput[] {
  return isList(image) ? image : [image];
}

function isList(image: BatchItem['image']): image is readonly ImageInput[] {
  return Array.isArray(image);
}

function nameOf(image: ImageInput): string | undefined {
  if (image instanceof Picture) return image.source.kind === 'file' ? image.source.path : undefined;
  const text = typeof image === 'string' || image instanceof URL ? String(image) : undefined;
  return text === undefined || /^data:/i.test(text) ? undefined : text;
}

async function sizeOf(image: ImageInput): Promise<number | null> {
  if (image instanceof Picture) return image.byteLength ?? null;
  if (image instanceof Uint8Array || image instanceof ArrayBuffer) return image.byteLength;
  if (image instanceof Blob) return image.size;
  const text = nameOf(image);
  if (text === undefined) return typeof image === 'string' ? image.length : null;
  if (/^https?:/i.test(text)) return null;
  return stat(/^file:/i.test(text) ? fileURLToPath(text) : text).then(
    ({ size }) => size,
    // The picture cannot be read, which the call for it will say in its own words.
    () => null,
  );
}
