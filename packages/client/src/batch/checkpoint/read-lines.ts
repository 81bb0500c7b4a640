import type { FileHandle } from 'node:fs/promises';

const CHUNK = 256 * 1024;
const NEWLINE = 0x0a;

/** A line of a file and where it is, in bytes. */
export interface FileLine {
  readonly text: string;
  readonly offset: number;
  /** Without the line's end. */
  readonly length: number;
  /** False for what comes after the last line's end. */
  readonly ended: boolean;
}

/** The lines of a file, one at a time in memory. Nothing comes after a line's end at the end of the file. */
export async function* readLines(file: FileHandle): AsyncGenerator<FileLine, void, undefined> {
  let pending: Buffer = Buffer.alloc(0);
  let offset = 0;
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const { bytesRead } = await file.read(chunk, 0, CHUNK, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    pending = Buffer.concat([pending, chunk.subarray(0, bytesRead)]);
    let begin = 0;
    for (let end = pending.indexOf(NEWLINE); end >= 0; end = pending.indexOf(NEWLINE, begin)) {
      yield {
        text: pending.toString('utf8', begin, end),
        offset: offset + begin,
        length: end - begin,
        ended: true,
      };
      begin = end + 1;
    }
    offset += begin;
    pending = pending.subarray(begin);
  }
  if (pending.length > 0) {
    yield { text: pending.toString('utf8'), offset, length: pending.length, ended: false };
  }
}
