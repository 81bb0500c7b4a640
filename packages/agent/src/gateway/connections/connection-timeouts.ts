/** How long clients may take to say what they want, in milliseconds. */
export interface ConnectionTimeouts {
  /** All headers, from the connection's first moment or from the request's first byte. */
  readonly headersMs: number;
  /** The whole body. */
  readonly bodyMs: number;
  /** Between two pieces of a body. */
  readonly bodySilenceMs: number;
  /** Of an answer that the client does not read on, until it is given up. */
  readonly stallMs: number;
  /** A refused body is read and thrown away for so long, so that the client gets to read why. */
  readonly lingerMs: number;
}

export const CONNECTION_TIMEOUTS: ConnectionTimeouts = {
  headersMs: 15_000,
  bodyMs: 60_000,
  bodySilenceMs: 15_000,
  stallMs: 60_000,
  lingerMs: 5_000,
};
