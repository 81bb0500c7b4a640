import { Refusal } from '../refusal.ts';

/** What a client is told about a request that is not HTTP, by the code of Node's error; the rest is a plain 400. */
export function explainBrokenRequest(
  error: { readonly code?: string; readonly reason?: string },
  { maxHeaderBytes, headersMs }: { readonly maxHeaderBytes: number; readonly headersMs: number },
): Refusal {
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal(
        408,
        `the request did not arrive in time: headers must within ${headersMs / 1_000} s; send it again`,
      );
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal(431, `the headers have more than ${maxHeaderBytes} bytes`);
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Refusal(413, 'the extensions of a chunk are too long');
    default:
      return new Refusal(
        400,
        `the request is not valid HTTP/1.1: ${error.reason ?? error.code ?? 'unknown error'}`,
      );
  }
}
