import { crc32, inflateSync } from 'node:zlib';
import type { PictureStructure } from './check-structure.ts';
import { cutOff, PictureFault } from './picture-fault.ts';
import { effectiveOrientation, readExifOrientation, readXmpOrientation } from './read-orientation.ts';

/** Chunks that a decoder inflates beside the pixels, with the most bytes that are of any use (PNG 3rd ed. §11.3). */
const INFLATED: Readonly<Record<string, number>> = { zTXt: 65_536, iTXt: 65_536, iCCP: 1_048_576 };

/** Texts and profiles of one picture. */
const MOST_INFLATED = 16;

/** Inflated bytes of metadata that is looked into; Pillow, too, gives up above this. */
const LONGEST_TEXT = 1_048_576;

/**
 * All chunks with their checksums, up to `IEND`. Screenshots that were cropped on Pixel phones and Windows 11 have the rest
 * of the former picture behind it (CVE-2023-21036, CVE-2023-28303).
 */
export function walkPng(bytes: Buffer): PictureStructure {
  let inflated = 0;
  let hasData = false;
  let exif: number | undefined;
  let xmp: number | undefined;
  let at = 8;
  for (;;) {
    if (at + 12 > bytes.length) throw cutOff('PNG', bytes);
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + length;
    if (end > bytes.length) throw cutOff('PNG', bytes);
    const data = bytes.subarray(at + 8, end - 4);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) {
      throw damaged(`chunk ${JSON.stringify(type)} at byte ${at} has a wrong checksum`);
    }
    if ((type === 'IHDR') !== (at === 8) || (type === 'IHDR' && length !== 13)) {
      throw damaged(`it must begin with one IHDR of 13 bytes`);
    }
    const mostBytes = INFLATED[type];
    if (mostBytes !== undefined) {
      if (length > mostBytes) {
        throw new PictureFault(
          `the PNG has ${length} bytes in a chunk ${type}, at most ${mostBytes} are accepted`,
        );
      }
      if (++inflated > MOST_INFLATED) {
        throw new PictureFault(`the PNG has more than ${MOST_INFLATED} compressed texts and profiles`);
      }
    }
    if (type === 'IDAT') hasData = true;
    if (type === 'eXIf') exif ??= readExifOrientation(data);
    const text = readText(type, data);
    if (text?.keyword === 'XML:com.adobe.xmp') xmp ??= readXmpOrientation(text.content);
    if (text?.keyword === 'Raw profile type exif') exif ??= readExifOrientation(fromHex(text.content));
    at = end;
    if (type === 'IEND') break;
  }
  if (!hasData) throw damaged('it has no IDAT');
  return { orientation: effectiveOrientation(exif, xmp), end: at };
}

function readText(
  type: string,
  data: Buffer,
): { readonly keyword: string; readonly content: Buffer } | undefined {
  if (type !== 'tEXt' && type !== 'zTXt' && type !== 'iTXt') return undefined;
  const zero = data.indexOf(0);
  if (zero < 0) return undefined;
  const keyword = data.toString('latin1', 0, zero);
  if (type === 'tEXt') return { keyword, content: data.subarray(zero + 1) };
  if (type === 'zTXt') return { keyword, content: inflate(data.subarray(zero + 2)) };
  const isCompressed = data[zero + 1] === 1;
  const language = data.indexOf(0, zero + 3);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  if (translated < 0) return undefined;
  const content = data.subarray(translated + 1);
  return { keyword, content: isCompressed ? inflate(content) : content };
}

function inflate(compressed: Buffer): Buffer {
  try {
    return inflateSync(compressed, { maxOutputLength: LONGEST_TEXT });
  } catch {
    throw new PictureFault(
      `the PNG has a compressed text that is damaged or expands beyond ${LONGEST_TEXT} bytes`,
    );
  }
}

/** ImageMagick's way of storing a profile: three lines, then hexadecimal digits. */
function fromHex(text: Buffer): Buffer {
  return Buffer.from(text.toString('latin1').split('\n').slice(3).join(''), 'hex');
}

function damaged(what: string): PictureFault {
  return new PictureFault(`the PNG is damaged: ${what}`);
}
