const ORIENTATION_TAG = 0x0112;
const LEADER = 'Exif\0\0';

/** Orientation that a block of EXIF gives, with or without its leader; undefined where it gives none. */
export function readExifOrientation(block: Buffer): number | undefined {
  const tiff = block.toString('latin1', 0, 6) === LEADER ? block.subarray(6) : block;
  if (tiff.length < 8) return undefined;
  const order = tiff.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return undefined;
  const isLittle = order === 'II';
  const read16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return undefined;
  const entries = read16(directory);
  for (let index = 0; index < entries; index++) {
    const entry = directory + 2 + index * 12;
    if (entry + 12 > tiff.length) return undefined;
    if (read16(entry) === ORIENTATION_TAG) return read16(entry + 8);
  }
  return undefined;
}

/** As Pillow looks for it, which asks XMP where EXIF says nothing. */
export function readXmpOrientation(xmp: Buffer): number | undefined {
  const digit = /tiff:Orientation(?:="|>)([0-9])/.exec(xmp.toString('latin1'))?.[1];
  return digit === undefined ? undefined : Number(digit);
}

/** What counts of several; values that mean nothing turn nothing. */
export function effectiveOrientation(exif: number | undefined, xmp: number | undefined): number {
  const orientation = exif ?? xmp ?? 1;
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}
