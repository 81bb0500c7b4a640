/** Why bytes that begin like a picture are not passed on; the message stands after the name of the field. */
export class PictureFault extends Error {
  override readonly name = 'PictureFault' as const;
}

export function cutOff(format: string, bytes: Uint8Array): PictureFault {
  return new PictureFault(
    `the ${format} is cut off: it ends after ${bytes.length} bytes, before its own end`,
  );
}

/** Bytes behind the picture may be another file, which only other readers see; nothing common writes such. */
export function demandEnd(format: string, bytes: Uint8Array, end: number): void {
  if (end < bytes.length) {
    throw new PictureFault(
      `the ${format} has ${bytes.length - end} bytes after its end; save the picture anew`,
    );
  }
}
