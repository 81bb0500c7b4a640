import type { PictureStructure } from './check-structure.ts';
import { cutOff, PictureFault } from './picture-fault.ts';
import { effectiveOrientation, readExifOrientation, readXmpOrientation } from './read-orientation.ts';

/** A progressive JPEG has about ten scans, and decoding each passes over all pixels. */
const MOST_SCANS = 32;

const XMP = 'http://ns.adobe.com/xap/1.0/\0';

/**
 * All segments and scans, up to the end-of-image marker (ITU T.81 annex B). Cameras write more behind it: gain maps and
 * previews (CIPA DC-007, ISO 21496-1), the video of a motion photo, trailers of their own.
 */
export function walkJpeg(bytes: Buffer): PictureStructure {
  let exif: number | undefined;
  let xmp: number | undefined;
  let scans = 0;
  let at = 2;
  for (;;) {
    if (bytes[at] !== 0xff) {
      if (at >= bytes.length) throw cutOff('JPEG', bytes);
      throw new PictureFault(`the JPEG is damaged: expected a marker at byte ${at}`);
    }
    while (bytes[at] === 0xff) at++;
    const code = bytes[at++];
    if (code === undefined) throw cutOff('JPEG', bytes);
    if (code === 0xd9) break;
    if (code === 0x01 || (code >= 0xd0 && code <= 0xd7)) continue;
    if (code === 0xd8) throw new PictureFault('the JPEG is damaged: it begins a second time');
    if (at + 2 > bytes.length) throw cutOff('JPEG', bytes);
    const end = at + bytes.readUInt16BE(at);
    if (end > bytes.length) throw cutOff('JPEG', bytes);
    const data = bytes.subarray(at + 2, Math.max(at + 2, end));
    if (code === 0xe1) {
      if (data.toString('latin1', 0, 4) === 'Exif') exif ??= readExifOrientation(data);
      if (data.toString('latin1', 0, XMP.length) === XMP)
        xmp ??= readXmpOrientation(data.subarray(XMP.length));
    }
    at = Math.max(at + 2, end);
    if (code === 0xda) {
      if (++scans > MOST_SCANS) throw new PictureFault(`the JPEG has more than ${MOST_SCANS} scans`);
      at = endOfScan(bytes, at);
    }
  }
  if (scans === 0) throw new PictureFault('the JPEG is damaged: it has no picture data');
  return { orientation: effectiveOrientation(exif, xmp), end: at };
}

/** Where the next marker stands: in the data of a scan, FF is followed by a zero or is a restart marker. */
function endOfScan(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  throw cutOff('JPEG', bytes);
}
