/** Why bytes are not a picture that can be read. */
export type ImageHeaderReason = 'empty' | 'unknown-format' | 'truncated' | 'invalid';

/** The beginning of the bytes is not that of a whole PNG, JPEG, WebP or GIF. The message says what was found. */
export class ImageHeaderError extends Error {
  override readonly name = 'ImageHeaderError' as const;
  readonly reason: ImageHeaderReason;

  constructor(reason: ImageHeaderReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
