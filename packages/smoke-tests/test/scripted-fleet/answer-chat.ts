import { hasPngSignature } from 'fast-png';
import { decodePicture } from './decode-picture.ts';
import type { Fault } from './fault.ts';
import { readPicture } from './read-picture.ts';

/** An answer of the scripted model, or how the request was refused. */
export type Verdict =
  | { readonly text: string; readonly promptTokens: number }
  | { readonly status: number; readonly message: string; readonly delayMs?: number };

interface Message {
  readonly content: string | readonly Part[];
}
type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** What a right fleet says to a chat request, but for its faults. `asked` counts requests with pictures. */
export async function answerChat(
  messages: readonly Message[],
  { faults, asked }: { readonly faults: ReadonlySet<Fault>; readonly asked: number },
): Promise<Verdict> {
  const content = messages.at(-1)?.content ?? '';
  const parts: readonly Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const question = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(' ');
  const urls = parts.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []));
  const pictures: Uint8Array[] = [];
  for (const url of urls) {
    const picture = await admit(url, faults);
    if ('status' in picture) return picture;
    if ('text' in picture) return picture;
    pictures.push(picture.bytes);
  }
  if (faults.has('one-picture-only') && pictures.length > 1) {
    return { status: 400, message: 'At most 1 image(s) may be provided in one prompt.' };
  }
  if (faults.has('engine-500') && pictures.length > 0)
    return { status: 500, message: 'EngineCore encountered an issue.' };
  const isBlind = faults.has('blind') || (faults.has('blind-at-first') && asked <= 1);
  const textTokens = 4 + question.split(/\s+/).length;
  const pictureTokens = pictures
    .map((bytes) => countTokens(bytes, faults))
    .reduce((sum, count) => sum + count, 0);
  return {
    text: faults.has('talks-nonsense') ? 'lorem ipsum' : reply(question, isBlind ? [] : pictures, faults),
    promptTokens: textTokens + pictureTokens,
  };
}

async function admit(
  url: string,
  faults: ReadonlySet<Fault>,
): Promise<Verdict | { readonly bytes: Uint8Array }> {
  if (!url.startsWith('data:')) {
    if (faults.has('remote-fetched')) return { status: 422, message: 'GET 169.254.169.254: 401' };
    if (faults.has('remote-500'))
      return { status: 500, message: 'Cannot connect to host 169.254.169.254:80' };
    return {
      status: 400,
      message: 'pictures must be data: URIs; this server never fetches URLs',
      delayMs: faults.has('remote-slow') ? 3_500 : 0,
    };
  }
  const bytes = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  if (hasPngSignature(bytes) && bytes.readUInt32BE(16) * bytes.readUInt32BE(20) > 20_000_000) {
    if (faults.has('oversize-answered')) return { text: 'black', promptTokens: 4_166 };
    return faults.has('oversize-decoded')
      ? { status: 400, message: 'Failed to load image: image file is truncated' }
      : { status: 400, message: 'picture 1 has 100000000 pixels, at most 20000000 are allowed' };
  }
  try {
    const decoded = await decodePicture(bytes, faults);
    readPicture(decoded);
    return { bytes: decoded };
  } catch (error) {
    if (faults.has('broken-guessed')) return { text: 'blue', promptTokens: 10 };
    return {
      status: faults.has('broken-500') ? 500 : 400,
      message: `Failed to load image: ${String(error)}`,
    };
  }
}

function reply(question: string, pictures: readonly Uint8Array[], faults: ReadonlySet<Fault>): string {
  const word = /the word "(\w+)"/.exec(question)?.[1];
  if (word) return `${word}.`;
  const seen = pictures.map(readPicture);
  if (question.includes('in order')) {
    const read = seen.map(({ colour, digits }) => (question.includes('digits') ? digits : colour));
    return (faults.has('pictures-reversed') ? read.reverse() : read).join(', ') || 'red, red, red';
  }
  if (question.includes('How many')) return String(seen[0]?.blobs ?? 0);
  if (question.includes('corner')) return `In the ${seen[0]?.corner ?? 'middle'}.`;
  if (question.includes('digits')) return seen[0]?.digits ?? '0000';
  if (question.includes('shape')) return `A ${seen[0]?.shape ?? 'hexagon'}.`;
  return `The colour is ${seen[0]?.colour ?? 'grey'}.`;
}

/** As measured on vLLM 0.32.0. */
function countTokens(bytes: Uint8Array, faults: ReadonlySet<Fault>): number {
  const { width, height } = readPicture(bytes);
  const ratio = faults.has('no-downscaling') ? 1 : Math.max(1, Math.max(width, height) / 1024);
  const columns = Math.ceil(Math.round(width / ratio) / 16);
  const rows = Math.ceil(Math.round(height / ratio) / 16);
  return rows * (columns + 1) + (faults.has('one-token-more') ? 1 : 0);
}
