/** What matters of the head of an answer to a ranged GET. */
export interface ResponseHead {
  readonly status: number;
  /** Undefined where the body has no length of its own. */
  readonly contentLength: number | undefined;
  /** Bytes of the whole object by `content-range`. */
  readonly objectBytes: number | undefined;
}

const STATUS_LINE = /^HTTP\/1\.1 (\d{3})(?: [^\r\n]*)?$/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\0\r\n]*?)[ \t]*$/;

/**
 * Reads the head of an HTTP/1.1 answer, without the empty line that ends it. Anything unusual is no answer: there is a
 * body after it whose length must be beyond doubt.
 * @throws Error that says what is wrong with it
 */
export function parseResponseHead(text: string): ResponseHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = STATUS_LINE.exec(first)?.[1];
  if (status === undefined)
    throw new Error(`the answer does not begin as HTTP/1.1 does: ${JSON.stringify(first.slice(0, 80))}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw new Error(`the answer has a broken header: ${JSON.stringify(line.slice(0, 80))}`);
    const known = headers.get(name.toLowerCase());
    const isAmbiguous = known !== undefined && known !== value && /^content-(length|range)$/i.test(name);
    if (isAmbiguous) throw new Error(`the answer has two different headers ${name}`);
    headers.set(name.toLowerCase(), value);
  }
  const coded = headers.get('transfer-encoding') ?? headers.get('content-encoding');
  const length = coded === undefined ? headers.get('content-length') : undefined;
  return {
    status: Number(status),
    contentLength: wholeNumber(length),
    objectBytes: wholeNumber(/^bytes \d+-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1]),
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
