import type { ImageHeader } from '@pixtral-fleet/catalog';
import { InvalidRequestError } from '../errors/errors.ts';
import type { ImagePart } from '../request/messages.ts';

/** Where the bytes of a picture are. */
export type PictureSource =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string; readonly byteLength: number }
  | { readonly kind: 'url'; readonly url: string };

export interface PictureInit {
  readonly source: PictureSource;
  /** Undefined for a URL, of which nothing is known. */
  readonly header: ImageHeader | undefined;
  /** Undefined for a URL. */
  readonly byteLength: number | undefined;
  /** What messages call it: a path, or words such as "the given bytes". */
  readonly name: string;
}

/**
 * A picture as part of a message; make it with `imagePart`. Its bytes are encoded, and a file is read, when the request
 * is sent: until the call has ended leave them as they are. One picture may be sent in any number of requests.
 */
export class Picture implements ImagePart {
  readonly type = 'image_url' as const;
  readonly source: PictureSource;
  /** Format, size in pixels and EXIF orientation as the content has them; undefined for a picture by URL. */
  readonly header: ImageHeader | undefined;
  /** Bytes of the picture itself; undefined for a picture by URL. */
  readonly byteLength: number | undefined;
  /** What messages call it. */
  readonly name: string;

  constructor(init: PictureInit) {
    this.source = init.source;
    this.header = init.header;
    this.byteLength = init.byteLength;
    this.name = init.name;
  }

  /** A picture that the server is to load itself. */
  static byReference(url: string): Picture {
    return new Picture({
      source: { kind: 'url', url },
      header: undefined,
      byteLength: undefined,
      name: 'the given URL',
    });
  }

  /** Such as `image/png`, by content; undefined for a picture by URL. */
  get mediaType(): string | undefined {
    return this.header && `image/${this.header.format}`;
  }

  /** Pixels as stored, before an EXIF orientation is applied; undefined for a picture by URL. */
  get width(): number | undefined {
    return this.header?.width;
  }

  /** As `width`. */
  get height(): number | undefined {
    return this.header?.height;
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
