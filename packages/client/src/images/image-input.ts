import type { Picture } from './picture.ts';
import type { PrepareOptions } from './preparation.ts';

/**
 * Where a picture comes from:
 * - bytes, a `Blob` or `File`, or a stream of bytes of the web or of Node, which is read to its end;
 * - a string: a path, a `file:`, `http:`, `https:` or `data:` URL, or `s3://bucket/key`, which a fleet reads itself if
 *   its config names the bucket. Whoever chooses that string chooses what is read: never
 *   pass on one that a stranger wrote;
 * - a `URL`;
 * - a `Picture`, which is taken as it is.
 */
export type ImageInput = Uint8Array | ArrayBuffer | Blob | AsyncIterable<Uint8Array> | string | URL | Picture;

export interface ImagePartOptions {
  /**
   * Changes the picture before it is sent, where that is needed: `{}` is what most want. Needs the package `sharp`, but
   * only for a picture that has to be changed. @default - it is sent as it is
   */
  readonly prepare?: PrepareOptions;
  /**
   * Sends an `https:` URL itself instead of the picture. A fleet fetches from the hosts of its config and refuses others;
   * a plain vLLM loads it twice, and the second time without any of its own limits. @default false
   */
  readonly byReference?: boolean;
  /** Most bytes that are read of a stream or an `http(s):` URL. @default 67108864 */
  readonly maxBytes?: number;
  /** Milliseconds for loading an `http(s):` URL. @default 30000 */
  readonly timeoutMs?: number;
  /** Ends loading an `http(s):` URL. */
  readonly signal?: AbortSignal | undefined;
}
