/** What is to be made of one picture. */
export interface PictureJob {
  readonly bytes: Buffer;
  /** How it is to be turned, 1 to 8, as EXIF counts. */
  readonly orientation: number;
  /** Size that it is scaled to, before it is turned. */
  readonly width: number;
  readonly height: number;
  readonly format: OutputFormat;
}

/** JPEG for what was JPEG; PNG, which loses nothing, for the rest. */
export type OutputFormat = 'png' | 'jpeg';

/** What became of it. */
export interface PictureAnswer {
  /** A picture; or why there is none, as UTF-8. */
  readonly bytes: Buffer;
  readonly isPicture: boolean;
  /** The worker ends after this one. */
  readonly leaves: boolean;
}

/** Of every frame: the length of what follows the head, and what that is. */
export const HEAD_BYTES = 10;

/** Of a picture that was made: 1024 × 1024 pixels of three bytes, and room to spare. */
export const MOST_ANSWER_BYTES: number = 4 * 1_048_576;

const FORMATS: readonly OutputFormat[] = ['png', 'jpeg'];

export function writeJobHead({ bytes, orientation, width, height, format }: PictureJob): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(bytes.length, 0);
  head.writeUInt16BE(width, 4);
  head.writeUInt16BE(height, 6);
  head.writeUInt8(orientation, 8);
  head.writeUInt8(FORMATS.indexOf(format), 9);
  return head;
}

export function readJob(head: Buffer, bytes: Buffer): PictureJob {
  return {
    bytes,
    width: head.readUInt16BE(4),
    height: head.readUInt16BE(6),
    orientation: head.readUInt8(8),
    format: FORMATS[head.readUInt8(9)] ?? 'png',
  };
}

export function writeAnswerHead({ bytes, isPicture, leaves }: PictureAnswer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(bytes.length, 0);
  head.writeUInt8(Number(isPicture), 4);
  head.writeUInt8(Number(leaves), 5);
  return head;
}

export function readAnswer(head: Buffer, bytes: Buffer): PictureAnswer {
  return { bytes, isPicture: head.readUInt8(4) === 1, leaves: head.readUInt8(5) === 1 };
}
