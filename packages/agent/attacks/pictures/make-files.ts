import { deflateSync } from 'node:zlib';
import { chunk, drawPicture } from './draw-png.ts';

/** Twelve times twelve thousand pixels in 18 kB: 144 megapixels. */
export function hugePicture(side: number): Buffer {
  return drawPicture({ width: side, height: side });
}

/** A picture with a compressed text of so many bytes. */
export function textBomb(bytes: number): Buffer {
  const text = Buffer.concat([
    Buffer.from('Comment\0\0', 'latin1'),
    deflateSync(Buffer.alloc(bytes), { level: 9 }),
  ]);
  return drawPicture({ width: 8, height: 8, extra: [chunk('zTXt', text)] });
}

/** Red where nobody looks behind it: its one colour is wholly transparent. */
export function transparentPicture(): Buffer {
  return drawPicture({
    width: 64,
    height: 64,
    colour: [255, 0, 0],
    extra: [chunk('tRNS', Buffer.from([0]))],
  });
}

/** An uncompressed BMP of one red pixel. */
export function bmp(): Buffer {
  const bytes = Buffer.alloc(58);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(58, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(1, 18);
  bytes.writeInt32LE(1, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.writeUInt32LE(4, 34);
  bytes.writeUInt8(255, 56);
  return bytes;
}

/** A FITS picture of 8x8 grey pixels: 80 characters a line, in blocks of 2,880 bytes. */
export function fits(): Buffer {
  const value = (name: string, text: string) => `${name.padEnd(8)}= ${text.padStart(20)}`.padEnd(80);
  const lines = [
    ...[value('SIMPLE', 'T'), value('BITPIX', '8'), value('NAXIS', '2')],
    ...[value('NAXIS1', '8'), value('NAXIS2', '8'), 'END'.padEnd(80)],
  ];
  return Buffer.concat([Buffer.from(lines.join('').padEnd(2_880), 'latin1'), Buffer.alloc(2_880)]);
}

/** An uncompressed grey TIFF of 8x8 pixels. */
export function tiff(): Buffer {
  const entries: readonly (readonly [tag: number, value: number])[] = [
    [256, 8],
    [257, 8],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 8],
    [279, 64],
  ];
  const header = Buffer.from([0x49, 0x49, 42, 0, 72, 0, 0, 0]);
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [index, [tag, value]] of entries.entries()) {
    const at = 2 + index * 12;
    directory.writeUInt16LE(tag, at);
    // LONG, once.
    directory.writeUInt16LE(4, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.writeUInt32LE(value, at + 8);
  }
  return Buffer.concat([header, Buffer.alloc(64, 128), directory]);
}

/** The beginning of a JPEG 2000 file, and nothing of its boxes. */
export function brokenJpeg2000(): Buffer {
  return Buffer.from(
    '0000000c6a5020200d0a870a00000014667479706a703220000000006a7032200000002d6a703268',
    'hex',
  );
}

/** A GIF of one pixel, with something behind it. */
export function gif(): Buffer {
  return Buffer.from('47494638396101000100800000ff0000ffffff2c00000000010001000002024401003b', 'hex');
}
