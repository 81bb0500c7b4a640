/** The content of an `aws-chunked` body: hexadecimal length, the bytes, …, a chunk of length 0 and trailers. */
export function decodeChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let position = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', position);
    const length = Number.parseInt(body.toString('latin1', position, lineEnd), 16);
    if (!(length > 0)) return Buffer.concat(chunks);
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + length));
    position = lineEnd + 2 + length + 2;
  }
}
