/** Where pictures may be fetched from: nowhere, unless the config names it. */
export interface PictureSources {
  /** Names of hosts, exactly; over HTTPS on port 443. */
  readonly hosts: readonly string[];
  /** Redirects that are followed, each checked like the first URL. */
  readonly redirects: number;
  /** For all pictures of a request together. */
  readonly timeoutSeconds: number;
  readonly buckets: readonly PictureBucket[];
}

export interface PictureBucket {
  readonly name: string;
  /** Keys must begin with it. @default - any key */
  readonly prefix?: string | undefined;
  /** Account that the bucket must belong to. @default - whichever it does */
  readonly owner?: string | undefined;
}

/** How one picture is fetched. */
export interface FetchLimits {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** A picture that cannot be had; the message goes to the client and continues "could not be fetched: ". */
export class PictureFetchError extends Error {
  override readonly name = 'PictureFetchError' as const;
}
