import { drawPng } from './draw-png.ts';
import { jpeg, marker } from './refused-pictures.ts';

/** A file as a device writes it: a picture, and what stands behind it. */
export interface CameraFile {
  readonly what: string;
  readonly picture: Buffer;
  readonly tail: Buffer;
}

const xmp = (attributes: string) =>
  marker(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0<rdf:Description ${attributes}/>`, 'latin1'));

/** Index of a multi-picture file (CIPA DC-007): two pictures, the second behind the first. */
function mpf(offset: number, length: number): Buffer {
  const block = Buffer.alloc(4 + 8 + 2 + 3 * 12 + 4 + 2 * 16);
  block.write('MPF\0MM\0*', 0, 'latin1');
  block.writeUInt32BE(8, 8);
  block.writeUInt16BE(3, 12);
  const entry = (index: number, tag: number, type: number, count: number, value: number | string) => {
    const at = 14 + index * 12;
    block.writeUInt16BE(tag, at);
    block.writeUInt16BE(type, at + 2);
    block.writeUInt32BE(count, at + 4);
    if (typeof value === 'string') block.write(value, at + 8, 'latin1');
    else block.writeUInt32BE(value, at + 8);
  };
  entry(0, 0xb000, 7, 4, '0100');
  entry(1, 0xb001, 4, 1, 2);
  entry(2, 0xb002, 7, 32, 50);
  block.writeUInt32BE(length, 54 + 16 + 4);
  block.writeUInt32BE(offset, 54 + 16 + 8);
  return marker(0xe2, block);
}

/** ISO base media: a box of that type. */
function box(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data]);
}

const gainMap = jpeg([xmp('hdrgm:Version="1.0" hdrgm:GainMapMax="2.0"')]);
const hdrHead = xmp('hdrgm:Version="1.0" GContainer:Semantic="GainMap"');
const video = Buffer.concat([
  box('ftyp', Buffer.from('mp42\0\0\0\0mp42')),
  box('mdat', Buffer.alloc(1_500, 7)),
]);
const png = drawPng(8);

export const CAMERA_FILES: readonly CameraFile[] = [
  file('an Ultra HDR photograph', jpeg([hdrHead, mpf(300, gainMap.length)]), gainMap),
  file(
    'a motion photo',
    jpeg([xmp(`GCamera:MotionPhoto="1" GCamera:MicroVideoOffset="${video.length}"`)]),
    video,
  ),
  file(
    'a photograph with a trailer of its phone',
    jpeg(),
    Buffer.from('\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1764313200000SEFHk\0\0\0\x01\0\0\0SEFT', 'latin1'),
  ),
  file('a photograph padded with zeros', jpeg(), Buffer.alloc(64)),
  file('a photograph that is a ZIP too', jpeg(), Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1')),
  file('a cropped screenshot', png, drawPng(64).subarray(40)),
];

function file(what: string, picture: Buffer, tail: Buffer): CameraFile {
  return { what, picture, tail };
}
