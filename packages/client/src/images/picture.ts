import { InvalidRequestError } from '../errors/errors.ts';
import type { ImagePart } from '../request/messages.ts';

/** Where the bytes of a picture are. */
export type PictureSource =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string; readonly byteLength: number }
  | { readonly kind: 'url'; readonly url: string };

export interface PictureInit {
  readonly source: PictureSource;
  /** Such as `image/png`, by content; undefined for a URL. */
  readonly mediaType: string | undefined;
  /** Bytes; undefined for a URL. */
  readonly byteLength: number | undefined;
  /** Pixels as stored; undefined for a URL. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/**
 * A picture as part of a message; make it with `imagePart`. Its bytes are encoded, and a file is read, when the request
 * is sent: until the call has ended leave them as they are.
 */
export class Picture implements ImagePart {
  readonly type = 'image_url' as const;
  readonly source: PictureSource;
  readonly mediaType: string | undefined;
  readonly byteLength: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;

  constructor(init: PictureInit) {
    this.source = init.source;
    this.mediaType = init.mediaType;
    this.byteLength = init.byteLength;
    this.width = init.width;
    this.height = init.height;
  }

  /**
   * The part as every other client writes it: the whole picture as data URI, made anew each time.
   * @throws InvalidRequestError for a file, which is only read while it is sent.
   */
  get image_url(): { readonly url: string } {
    return { url: this.#url() };
  }

  /** The part as it goes over the wire, around the URL that stands for the bytes. */
  toWire(url: string): ImagePart {
    return { type: this.type, image_url: { url } };
  }

  /** So that a plain `JSON.stringify` gives the wire form too. */
  toJSON(): ImagePart {
    return this.toWire(this.#url());
  }

  #url(): string {
    const { source } = this;
    if (source.kind === 'url') return source.url;
    if (source.kind === 'file') {
      throw new InvalidRequestError(
        `the picture ${source.path} is read only while this client sends it; for another client read the file and give its bytes to imagePart`,
      );
    }
    const { bytes } = source;
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    return `data:${this.mediaType};base64,${base64}`;
  }
}

// No error, log or test report shows the bytes (Node calls this in `util.inspect`).
Object.defineProperty(Picture.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Picture): string {
    const { source, mediaType, width, height, byteLength } = this;
    if (source.kind === 'url') return 'Picture { by URL }';
    const where = source.kind === 'file' ? ` in ${source.path}` : '';
    return `Picture { ${mediaType}, ${width}x${height} pixels, ${byteLength} bytes${where} }`;
  },
});
