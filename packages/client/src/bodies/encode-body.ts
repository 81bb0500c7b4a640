import { readFile } from 'node:fs/promises';
import { InvalidRequestError } from '../errors/errors.ts';
import type { Picture } from '../images/picture.ts';
import type { BodyTemplate } from './body-template.ts';

/** The bytes of a request, its pictures in place. */
export async function encodeBody({ texts, pictures }: BodyTemplate): Promise<string | Buffer> {
  if (pictures.length === 0) return texts[0] ?? '';
  const parts: Buffer[] = [];
  for (const [index, text] of texts.entries()) {
    parts.push(Buffer.from(text));
    const picture = pictures[index];
    if (picture) parts.push(Buffer.from((await bytesOf(picture)).toString('base64'), 'latin1'));
  }
  return Buffer.concat(parts);
}

async function bytesOf({ source }: Picture): Promise<Buffer> {
  if (source.kind === 'url') throw new Error('a picture by URL has no bytes');
  if (source.kind === 'bytes') {
    return Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
  }
  const bytes = await readFile(source.path);
  if (bytes.length === source.byteLength) return bytes;
  throw new InvalidRequestError(
    `${source.path} changed: it had ${source.byteLength} bytes when the picture was made, and ${bytes.length} when it was sent`,
  );
}
