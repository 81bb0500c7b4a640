/** A GET that was signed: the thread that sends it has no credentials. */
export interface SignedRequest {
  /** `http:` or `https:`. */
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number | undefined;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes of an object, to be written to where they belong in a file and hashed on the way. */
export interface ReceiveOrder {
  readonly kind: 'receive';
  readonly id: number;
  readonly request: SignedRequest;
  readonly range: ByteRange;
  /** Bytes of the whole object, as they should be. */
  readonly objectBytes: number;
  /** Of the open file; valid in all threads of a process. */
  readonly fd: number;
  readonly connectMs: number;
  /** The connection is given up when it says nothing for so long. */
  readonly silenceMs: number;
}

/** Bytes that a file already holds, to be hashed. */
export interface HashOrder {
  readonly kind: 'hash';
  readonly id: number;
  readonly range: ByteRange;
  readonly fd: number;
}

/** An order is to be given up: it answers `stopped`, unless it has answered already. */
export interface StopOrder {
  readonly kind: 'stop';
  readonly id: number;
}

export type Order = ReceiveOrder | HashOrder | StopOrder;

/** What became of an order. The file is touched no more once it is told. */
export type Outcome =
  | { readonly kind: 'hashed'; readonly sha256: string }
  /** The object has another size; nothing was written. */
  | { readonly kind: 'other-object'; readonly objectBytes: number }
  /** Another number of bytes than was asked for; nothing was written. */
  | { readonly kind: 'other-length'; readonly bytes: number }
  /** No 206; the body was not read. */
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined }
  | { readonly kind: 'stopped' };

export interface Report {
  readonly id: number;
  readonly outcome: Outcome;
}
