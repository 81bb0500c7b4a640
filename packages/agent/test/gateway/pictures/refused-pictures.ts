import { deflateSync } from 'node:zlib';
import { chunk, drawPng } from './draw-png.ts';

/** A picture that is refused, and why; the reason stands after the name of its field. */
export interface RefusedPicture {
  readonly what: string;
  readonly url: string;
  readonly message: string;
}

/** EXIF with nothing but that orientation, in either byte order. */
function exif(orientation: number, order: 'II' | 'MM' = 'MM'): Buffer {
  const block = Buffer.alloc(26);
  block.write(order, 0, 'latin1');
  const write16 = (value: number, at: number) =>
    order === 'II' ? block.writeUInt16LE(value, at) : block.writeUInt16BE(value, at);
  const write32 = (value: number, at: number) =>
    order === 'II' ? block.writeUInt32LE(value, at) : block.writeUInt32BE(value, at);
  write16(42, 2);
  write32(8, 4);
  write16(1, 8);
  write16(0x0112, 10);
  write16(3, 12);
  write32(1, 14);
  write16(orientation, 18);
  return block;
}

const XMP = '<rdf:Description tiff:Orientation="6"/>';
/** A segment of a JPEG. */
export const marker = (code: number, data: Buffer) => {
  const bytes = Buffer.alloc(4 + data.length);
  bytes.writeUInt16BE(0xff00 + code, 0);
  bytes.writeUInt16BE(2 + data.length, 2);
  bytes.set(data, 4);
  return bytes;
};
const FRAME = marker(0xc0, Buffer.from([8, 0, 8, 0, 8, 1, 1, 0x11, 0]));
const SCAN = Buffer.concat([
  marker(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
  Buffer.from([0x12, 0xff, 0x00, 0x34]),
]);

/** The structure of a JPEG of 8x8 pixels, with segments before and after its frame header. */
export function jpeg(before: readonly Buffer[] = [], after: readonly Buffer[] = [SCAN]): Buffer {
  const end = Buffer.from([0xff, 0xd9]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...before, FRAME, ...after, end]);
}

const gifFrame = (width: number, height: number) =>
  Buffer.from([0x2c, 0, 0, 0, 0, width, 0, height, 0, 0, 2, 2, 0x4c, 1, 0]);

/** A GIF of 8x8 pixels with these frames. */
export function gif(...frames: readonly Buffer[]): Buffer {
  const head = Buffer.from([...Buffer.from('GIF89a'), 8, 0, 8, 0, 0, 0, 0]);
  return Buffer.concat([head, ...frames, Buffer.from([0x3b])]);
}

function riff(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(8 + data.length + (data.length % 2));
  bytes.write(type, 0, 'latin1');
  bytes.writeUInt32LE(data.length, 4);
  bytes.set(data, 8);
  return bytes;
}

/** A WebP with these chunks after a canvas of 8x8 pixels. */
export function webp(...chunks: readonly Buffer[]): Buffer {
  const canvas = riff('VP8X', Buffer.from([0, 0, 0, 0, 7, 0, 0, 7, 0, 0]));
  const body = Buffer.concat([Buffer.from('WEBP'), canvas, ...chunks]);
  const bytes = riff('RIFF', body);
  return bytes;
}

/** Lossless data that claims that size. */
export const lossless = (width: number, height: number): Buffer => {
  const data = Buffer.alloc(10);
  data.writeUInt8(0x2f, 0);
  data.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  return riff('VP8L', data);
};

const uri = (bytes: Uint8Array | string, type = 'image/png') =>
  `data:${type};base64,${Buffer.from(bytes as string).toString('base64')}`;
const URLS = 'send the picture itself as a data URI, the client does it for you';
const turned = (name: string) =>
  `the ${name} is to be turned by its EXIF orientation (6), which the model server fails on; bake the orientation in before sending`;
const MUST_BE = 'a data URI must be base64: data:image/png;base64,…';
const png = drawPng(8);
const damagedPng = Buffer.from(png);
damagedPng.writeUInt8(0x55, 45);

export const REFUSED_PICTURES: readonly RefusedPicture[] = [
  refused('a URL', 'http://169.254.169.254/', `this fleet never fetches URLs (got http:); ${URLS}`),
  refused('a file', 'file:///etc/passwd', `this fleet never fetches URLs (got file:); ${URLS}`),
  refused('no URL', 'picture.png', `this fleet never fetches URLs (got no scheme); ${URLS}`),
  refused('a data URI that is not base64', 'data:image/png,abc', MUST_BE),
  refused('a parameter', 'data:image/png;a=b;base64,AAAA', MUST_BE),
  ...['AAA', 'AA=A', 'A A=', '-_AA', 'AAA\n', 'AAAA#', 'A===', '===='].map((base64) =>
    refused(
      `base64 ${JSON.stringify(base64)}`,
      `data:image/png;base64,${base64}`,
      'the data URI is not valid base64',
    ),
  ),
  refused('nothing', 'data:image/png;base64,', 'not a picture that can be read: the picture has zero bytes'),
  refused(
    'an SVG',
    uri('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'),
    'not a picture that can be read: expected PNG, JPEG, WebP or GIF, got bytes that begin with 3c 73 76 67 20 78 6d 6c',
  ),
  refused(
    'too many bytes',
    uri(Buffer.alloc(1_000_001)),
    'the picture has 1000001 bytes, at most 1000000 are accepted',
  ),
  refused(
    'too many pixels',
    uri(drawPng(12_000)),
    'the picture has 12000x12000 pixels, at most 16777216 in all are accepted; the model looks at no more than 1024 a side',
  ),
  refused(
    'a PNG cut off',
    uri(png.subarray(0, 50)),
    'the PNG is cut off: it ends after 50 bytes, before its own end',
  ),
  refused(
    'a damaged PNG',
    uri(damagedPng),
    'the PNG is damaged: chunk "IDAT" at byte 33 has a wrong checksum',
  ),
  refused(
    'a PNG without data',
    uri(Buffer.concat([png.subarray(0, 33), chunk('IEND', Buffer.alloc(0))])),
    'the PNG is damaged: it has no IDAT',
  ),
  refused(
    'a PNG with two headers',
    uri(drawPng(8, 8, [png.subarray(8, 33)])),
    'the PNG is damaged: it must begin with one IHDR of 13 bytes',
  ),
  refused(
    'a large text in a PNG',
    uri(drawPng(8, 8, [chunk('zTXt', Buffer.alloc(70_000))])),
    'the PNG has 70000 bytes in a chunk zTXt, at most 65536 are accepted',
  ),
  refused(
    'many texts in a PNG',
    uri(drawPng(8, 8, Array(17).fill(chunk('iTXt', Buffer.from('a'))))),
    'the PNG has more than 16 compressed texts and profiles',
  ),
  refused(
    'a text bomb in a PNG',
    uri(
      drawPng(8, 8, [
        chunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(2_000_000))])),
      ]),
    ),
    'the PNG has a compressed text that is damaged or expands beyond 1048576 bytes',
  ),
  refused('a PNG turned by EXIF', uri(drawPng(8, 8, [chunk('eXIf', exif(6, 'II'))])), turned('PNG')),
  refused(
    'a PNG turned by XMP',
    uri(drawPng(8, 8, [chunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${XMP}`))])),
    turned('PNG'),
  ),
  refused(
    'a PNG turned by a raw profile',
    uri(
      drawPng(8, 8, [
        chunk('tEXt', Buffer.from(`Raw profile type exif\0\nexif\n26\n${exif(6).toString('hex')}\n`)),
      ]),
    ),
    turned('PNG'),
  ),
  refused(
    'a JPEG cut off',
    uri(jpeg().subarray(0, -2)),
    `the JPEG is cut off: it ends after ${jpeg().length - 2} bytes, before its own end`,
  ),
  refused('a JPEG without data', uri(jpeg([], [])), 'the JPEG is damaged: it has no picture data'),
  refused('a JPEG of many scans', uri(jpeg([], Array(33).fill(SCAN))), 'the JPEG has more than 32 scans'),
  refused(
    'a JPEG turned by EXIF',
    uri(jpeg([marker(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif(6)]))])),
    turned('JPEG'),
  ),
  refused(
    'a JPEG turned by EXIF after its frame header',
    uri(jpeg([], [marker(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif(6)])), SCAN])),
    turned('JPEG'),
  ),
  refused(
    'a JPEG turned by XMP',
    uri(jpeg([marker(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${XMP}`))])),
    turned('JPEG'),
  ),
  refused(
    'a GIF cut off',
    uri(gif(gifFrame(8, 8)).subarray(0, -1)),
    `the GIF is cut off: it ends after ${gif(gifFrame(8, 8)).length - 1} bytes, before its own end`,
  ),
  refused(
    'a GIF and more',
    uri(Buffer.concat([gif(gifFrame(8, 8)), Buffer.from('a')])),
    'the GIF has 1 bytes after its end; save the picture anew',
  ),
  refused('a GIF without frames', uri(gif()), 'the GIF is damaged: it has no picture data'),
  refused(
    'a GIF with a larger frame',
    uri(gif(gifFrame(200, 100))),
    'the GIF has 8x8 pixels, and a frame that reaches to 200x100',
  ),
  refused(
    'a WebP cut off',
    uri(webp(lossless(8, 8)).subarray(0, -1)),
    `the WebP is cut off: it ends after ${webp(lossless(8, 8)).length - 1} bytes, before its own end`,
  ),
  refused(
    'a WebP and more',
    uri(Buffer.concat([webp(lossless(8, 8)), Buffer.from('a')])),
    'the WebP has 1 bytes after its end; save the picture anew',
  ),
  refused('a WebP turned by EXIF', uri(webp(lossless(8, 8), riff('EXIF', exif(6)))), turned('WebP')),
  refused('a WebP turned by XMP', uri(webp(lossless(8, 8), riff('XMP ', Buffer.from(XMP)))), turned('WebP')),
  refused(
    'a WebP with other data',
    uri(webp(lossless(9_000, 9_000))),
    'the WebP has 8x8 pixels, and data for 9000x9000',
  ),
  refused(
    'a WebP without data',
    uri(webp(riff('EXIF', exif(1)))),
    'the WebP is damaged: it has no picture data',
  ),
];

function refused(what: string, url: string, message: string): RefusedPicture {
  return { what, url, message };
}
